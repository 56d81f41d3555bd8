package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;

/**
 * What the runtime hands to a new consumer, which passes it on with {@code super(context)}.
 *
 * <p>For the consumer it was made for only, and for use in its turns, but for what says otherwise.
 */
public final class ConsumerContext {
    private final ActorSystem<?> system;
    private final Scope scope;
    private final ConsumerRuntime runtime;
    private final TurnExecutor turn;
    private final Outlet outlet;
    private final Membership membership;
    private final CompletionStage<CloseReason> ended;
    private @Nullable Database database;
    private @Nullable Class<?> consumer;
    // Registrations are refused by it on any thread.
    private volatile CallbackTerms terms = CallbackTerms.none();
    private volatile @Nullable CallQueue calls;
    private volatile @Nullable Uncommitted uncommitted;

    ConsumerContext(
            ActorSystem<?> system,
            Scope scope,
            ConsumerRuntime runtime,
            TurnExecutor turn,
            Outlet outlet,
            Membership membership,
            CompletionStage<CloseReason> ended) {
        this.system = system;
        this.scope = scope;
        this.runtime = runtime;
        this.turn = turn;
        this.outlet = outlet;
        this.membership = membership;
        this.ended = ended;
    }

    /**
     * What is known about the connection.
     *
     * @return the scope
     */
    public Scope scope() {
        return scope;
    }

    /**
     * The actor system that the consumer runs in.
     *
     * @return the system
     */
    public ActorSystem<?> system() {
        return system;
    }

    /** The constructor of a consumer runs. */
    void madeFor(Class<?> type) {
        consumer = type;
    }

    /** The consumer that the factory made with this context; any other serves another connection. */
    Consumer requireOwn(@Nullable Consumer made) {
        if (made == null) {
            throw new NullPointerException("the factory returned null; return a new consumer for each connection");
        }
        if (made.context() != this) {
            throw new IllegalStateException("the factory returned a " + made.name() + " that serves another connection;"
                    + " return a new consumer for each connection, made with the context that the factory is given");
        }
        return made;
    }

    /** The consumer's class without its package; an anonymous class has no other name. From any thread. */
    String consumerName() {
        Class<?> type = consumer;
        return type == null
                ? "consumer"
                : type.getName().substring(type.getName().lastIndexOf('.') + 1);
    }

    /** Whether no callback has begun yet. */
    boolean isConstructing() {
        return terms == CallbackTerms.none();
    }

    ConsumerSettings settings() {
        return runtime.settings();
    }

    ConsumerCounters counts() {
        return runtime.counts();
    }

    TurnExecutor turn() {
        return turn;
    }

    /** Whether the caller runs inside the consumer's turn, and so may do at once what it asks for. */
    boolean isOnTurn() {
        return turn.isCurrent();
    }

    /** For calls that come from outside the turn; any thread. */
    CallQueue calls() {
        CallQueue made = calls;
        return made == null ? makeCalls() : made;
    }

    private synchronized CallQueue makeCalls() {
        if (calls == null) {
            calls = new CallQueue(turn, runtime.counts(), settings().maxForeignCalls(), outlet.maxBytes());
        }
        return calls;
    }

    /** For what is sent after commits; any thread. */
    Uncommitted uncommitted() {
        Uncommitted made = uncommitted;
        return made == null ? makeUncommitted() : made;
    }

    private synchronized Uncommitted makeUncommitted() {
        if (uncommitted == null) {
            uncommitted = new Uncommitted(this);
        }
        return uncommitted;
    }

    Outlet outlet() {
        return outlet;
    }

    Membership membership() {
        return membership;
    }

    CompletionStage<CloseReason> ended() {
        return ended;
    }

    /** A callback begins, whose database calls may take so long, and are cancelled at the connection's end or not. */
    void begin(Optional<Duration> time, boolean cancelled) {
        requireNonNull(time, "deadline() returned null; return Optional.empty() for no deadline");
        terms = CallbackTerms.of(
                time.isEmpty() ? null : deadline(time.get()), cancelled ? Optional.of(ended) : Optional.empty());
    }

    private Deadline deadline(Duration time) {
        Optional<Duration> configured = settings().deadline();
        boolean asConfigured = configured.isPresent() && configured.get().equals(time);
        return Deadline.after(time, asConfigured ? CallbackTerms.DEADLINE : CallbackTerms.OVERRIDDEN);
    }

    /** {@code disconnect} begins, whose database calls run however much waits; its own time bounds them. */
    void beginDisconnect() {
        terms = CallbackTerms.cleanup();
    }

    /** The database, its stages completing on the consumer's turns; opened when the first consumer asks for it. */
    Database database() {
        if (database == null) {
            database = within(Database.get(system).on(turn));
        }
        return database;
    }

    /** Any database, each call of which is for the callback that runs then: consumers keep such a view in a field. */
    Database within(Database any) {
        return any.eachCall(view -> terms().of(view));
    }

    /**
     * The terms of the callback in progress. None for a task between callbacks, which belongs to no message, and none outside
     * the turn, where the callback is not known. Those of {@code disconnect} hold until the consumer's end.
     */
    CallbackTerms terms() {
        CallbackTerms last = terms;
        return turn.isCurrent() && (turn.isInCallback() || last.areForCleanup()) ? last : CallbackTerms.none();
    }

    /** Whether no other callback has begun since; if one has, that of these terms is over, or was given up. */
    boolean isAtHand(CallbackTerms own) {
        return terms == own;
    }
}
