package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.CallbackViews;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.SystemJson;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.protocol.Scope;

/**
 * The runtime's side of a new consumer, which passes it on with {@code super(context)}.
 *
 * <p>Belongs to one consumer, and is used in its turns, except where a method allows other threads.
 */
public final class ConsumerContext {
    private final ActorSystem<?> system;
    private final Scope scope;
    private final ConsumerRuntime runtime;
    private final TurnExecutor turn;
    private final Outlet outlet;
    private final Membership membership;
    private final Inbox inbox;
    private final ConnectionEnd ended;
    private @Nullable Event event;
    private @Nullable Database database;
    private @Nullable Class<?> consumer;
    // Whether the consumer's class overrides failed(..).
    private boolean handlesFailures;
    private @Nullable FailureHandling failing;
    // Volatile, because other threads read it to check registrations.
    private volatile CallbackOptions options = CallbackOptions.none();
    private volatile @Nullable CallQueue calls;
    private volatile @Nullable Uncommitted uncommitted;
    private volatile @Nullable ConsumerTimers timers;

    ConsumerContext(
            ActorSystem<?> system,
            Scope scope,
            ConsumerRuntime runtime,
            TurnExecutor turn,
            Outlet outlet,
            Membership membership,
            Inbox inbox,
            ConnectionEnd ended) {
        this.system = system;
        this.scope = scope;
        this.runtime = runtime;
        this.turn = turn;
        this.outlet = outlet;
        this.membership = membership;
        this.inbox = inbox;
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

    /** Called while a consumer's constructor runs. Fails if a connection is to be served by a worker, or the other way round. */
    void madeFor(Class<?> type, boolean worker) {
        consumer = type;
        if (worker != outlet.isOfWorker()) {
            throw new IllegalStateException(
                    worker
                            ? consumerName()
                                    + " is a worker and cannot serve a connection; add it with Channels.worker(..)"
                            : consumerName() + " serves connections and cannot be a worker; extend WorkerConsumer or"
                                    + " SyncWorkerConsumer");
        }
        handlesFailures = FailureHandling.isOverriddenBy(type);
    }

    boolean handlesFailures() {
        return handlesFailures;
    }

    /** A callback's input, if a failure of the callback is to be passed on with it. */
    @Nullable
    Object atHand(Object input) {
        return handlesFailures ? input : null;
    }

    /** The failure that the consumer handles. */
    @Nullable
    FailureHandling failing() {
        return failing;
    }

    void failing(@Nullable FailureHandling handling) {
        failing = handling;
    }

    /** The failure that the consumer handles; fails if there is none. */
    FailureHandling requireFailing() {
        if (failing == null) {
            throw new IllegalStateException(
                    consumerName() + " calls " + (outlet.isOfWorker() ? "keepRunning()" : "keepOpen()")
                            + " outside of failed(..); call it in failed(..), before its stage completes");
        }
        return failing;
    }

    /** Returns the consumer that the factory created with this context; fails for any other, which serves another connection. */
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

    /** The consumer's class name without its package, or the full name of an anonymous class. May be called from any thread. */
    String consumerName() {
        Class<?> type = consumer;
        return type == null
                ? "consumer"
                : type.getName().substring(type.getName().lastIndexOf('.') + 1);
    }

    /** The event that the callback in progress handles; null if it handles none. */
    @Nullable
    Event event() {
        return event;
    }

    void handles(Event begun) {
        event = begun;
    }

    /** The consumer has joined a group again: frees the slots of events that wait from before; in the turn. */
    void removeSuperseded(GroupName group) {
        if (membership.isSuperseded(group)) {
            inbox.removeSuperseded(group, membership::take);
        }
    }

    /** Whether {@code disconnect} has begun. */
    boolean isEnding() {
        return options.areForCleanup();
    }

    /** Whether no callback has begun yet. */
    boolean isConstructing() {
        return options == CallbackOptions.none();
    }

    /** The JSON of the actor system's consumers. */
    Json json() {
        return runtime.json();
    }

    /** An event with the mapper of the actor system; fails if the payload cannot be encoded, or is larger than the layer accepts. */
    Event event(String type, Object payload) {
        return EventTooLargeException.require(
                runtime.systemJson().event(type, payload), runtime.layer().maxEvent());
    }

    MessageTypes messageTypes() {
        return runtime.messageTypes();
    }

    SystemJson systemJson() {
        return runtime.systemJson();
    }

    ConsumerSettings settings() {
        return runtime.settings();
    }

    ConsumerActivity activity() {
        return runtime.activity();
    }

    ConsumerCounters counts() {
        return runtime.counts();
    }

    TurnExecutor turn() {
        return turn;
    }

    /** Adds a word to the connection's log lines, and to this thread's context if it runs a callback. */
    void logContext(String key, String value, boolean here) {
        LogWords words = scope.logWords().orElseThrow();
        words.put(key, value);
        turn.beginWith(words);
        if (here) {
            words.putIntoContext();
        }
    }

    /** Whether the caller runs inside the consumer's turn, so that its call can take effect at once. */
    boolean isOnTurn() {
        return turn.isCurrent();
    }

    /** The queue for calls from outside the turn; any thread. */
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

    /** The sends that wait for commits; any thread. */
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

    /** The consumer's timers; any thread. */
    ConsumerTimers timers() {
        ConsumerTimers made = timers;
        return made == null ? makeTimers() : made;
    }

    private synchronized ConsumerTimers makeTimers() {
        if (timers == null) {
            ConsumerTimers made = new ConsumerTimers(this);
            if (ended.isDone()) {
                made.close();
            }
            timers = made;
        }
        return timers;
    }

    /** No callback is in progress. */
    void restTimers() {
        ConsumerTimers made = timers;
        if (made != null) {
            made.rest();
        }
    }

    /** The connection has ended, and {@link #ended} is complete. */
    synchronized void closeTimers() {
        if (timers != null) {
            timers.close();
        }
    }

    /** Accepts with the scope's default subprotocol if the consumer has chosen none. */
    void accept(Acceptance chosen) {
        outlet.accept(
                chosen.subprotocol().isPresent()
                        ? chosen
                        : scope.attribute(Scope.DEFAULT_SUBPROTOCOL)
                                .map(name -> new Acceptance(Optional.of(name), chosen.headers()))
                                .orElse(chosen));
    }

    Outlet outlet() {
        return outlet;
    }

    Membership membership() {
        return membership;
    }

    ConnectionEnd ended() {
        return ended;
    }

    /** A callback begins. Its database calls share this time, and the connection's end may cancel them. */
    void begin(Optional<Duration> time, boolean cancelled) {
        requireNonNull(time, "deadline() returned null; return Optional.empty() for no deadline");
        event = null;
        options = CallbackOptions.of(
                time.isEmpty() ? null : deadline(time.get()), cancelled ? Optional.of(ended) : Optional.empty());
    }

    private Deadline deadline(Duration time) {
        Optional<Duration> configured = settings().deadline();
        boolean asConfigured = configured.isPresent() && configured.get().equals(time);
        return Deadline.after(time, asConfigured ? CallbackOptions.DEADLINE : CallbackOptions.OVERRIDDEN);
    }

    /** {@code disconnect} begins. The database accepts its calls however many wait; only its own timeout bounds them. */
    void beginDisconnect() {
        options = CallbackOptions.cleanup();
    }

    /** The database, whose stages complete on the consumer's turns; opened on first use. */
    Database database() {
        if (database == null) {
            database = within(Database.get(system).on(turn));
        }
        return database;
    }

    /** A view of a database in which each call belongs to the callback in progress; consumers keep such a view in a field. */
    Database within(Database any) {
        return CallbackViews.eachCall(any, view -> options().of(view));
    }

    /**
     * The options of the callback in progress. There are none for a task between callbacks, which belongs to no message, and none outside
     * the turn, where the callback is unknown. Those of {@code disconnect} apply until the consumer's end.
     */
    CallbackOptions options() {
        CallbackOptions last = options;
        return turn.isCurrent() && (turn.isInCallback() || last.areForCleanup()) ? last : CallbackOptions.none();
    }

    /** Whether no other callback has begun since. If one has, the callback of these options is over or was abandoned. */
    boolean isAtHand(CallbackOptions own) {
        return options == own;
    }
}
