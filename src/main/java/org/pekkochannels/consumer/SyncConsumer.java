package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.Cancellable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.CallbackViews;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;

/** What blocking consumers share: their callbacks return nothing, and run on the database dispatcher, each with a separate handle. */
abstract sealed class SyncConsumer extends Consumer permits SyncWebSocketConsumer, SyncWorkerConsumer {
    private final SyncRunner calls = new SyncRunner(this);

    SyncConsumer(ConsumerContext context) {
        super(context);
    }

    /**
     * The transaction in which each callback runs; none by default, so that each statement commits by itself.
     *
     * <p>An override applies to every callback, including {@code disconnect}. When the callback has returned, the transaction commits, and
     * then the output is released. If the callback throws, the transaction is rolled back and the output is discarded. A callback that does
     * not use the handle opens none. For single callbacks use {@link #beginTransaction}.
     *
     * @return the options; several attempts run the whole callback again after a conflict
     */
    protected Optional<TransactionOptions> transaction() {
        return Optional.empty();
    }

    /**
     * Whether the end of the connection cancels a callback other than {@code disconnect}; false by default, because received messages are
     * handled.
     *
     * <p>If true, a callback that still waits for a database thread is discarded. A running one has its statement cancelled and executes no
     * further one, as {@link Database#cancelledBy} describes; its output is discarded. The same applies to its calls of
     * {@link #database(String)} and to the slices of {@code stream(..)}. Called once per callback, on the consumer's turn.
     *
     * @return whether to cancel
     */
    protected boolean cancelWhenEnded() {
        return false;
    }

    /**
     * Registers the handler of a group event type. Call it in the constructor.
     *
     * @param type the event's type, as in {@link SyncGroup#send}
     * @param payload the class to which the payload is decoded
     * @param callback the handler, usually a method reference
     * @param <E> the payload's class
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, Class<E> payload, SyncEventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, value -> run(() -> callback.handle(value)));
    }

    /**
     * Registers the handler of a group event type with a generic payload, such as a list. Call it in the constructor.
     *
     * @param type the event's type
     * @param payload the payload's type, such as {@code new TypeReference<List<Message>>() {}}
     * @param callback the handler, usually a method reference
     * @param <E> the payload's type
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, TypeReference<E> payload, SyncEventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, value -> run(() -> callback.handle(value)));
    }

    /**
     * Registers the handler of a group's presence. Call it in the constructor.
     *
     * <p>When the consumer has joined the group, the handler gets the state, at most about a second later, and then what changes, at most
     * once a second, as {@link Presence} describes. It ends when the consumer leaves the group. It runs on the database dispatcher.
     *
     * @param room the group
     * @param callback the handler, usually a method reference; applies the difference to what it has, as {@link Presence.Diff} describes
     * @throws IllegalStateException after the constructor
     * @throws UnsupportedOperationException if the layer has no presence
     */
    protected final void onPresence(SyncGroup room, SyncEventCallback<? super Presence.Diff> callback) {
        onPresence(named(room), callback);
    }

    /**
     * Registers the handler of the presence of all groups that the consumer joins, except those with a handler. The difference has the
     * group's name. Otherwise like {@link #onPresence(SyncGroup, SyncEventCallback)}.
     *
     * @param callback the handler
     * @throws IllegalStateException after the constructor
     * @throws UnsupportedOperationException if the layer has no presence
     */
    protected final void onPresence(SyncEventCallback<? super Presence.Diff> callback) {
        onPresence((GroupName) null, callback);
    }

    private void onPresence(@Nullable GroupName group, SyncEventCallback<? super Presence.Diff> callback) {
        requireNonNull(callback, "the handler of a presence must not be null");
        registerPresence(group, "onPresence(..)", event -> {
            Presence.Diff diff = Presence.Diff.of(event);
            return () -> run(() -> callback.handle(diff));
        });
    }

    static GroupName named(SyncGroup room) {
        return requireNonNull(room, "the group of a presence must not be null").name();
    }

    /**
     * The presence of a group: to enter it under a key, and to list its entries. The consumer need not be a member.
     *
     * @param room the group
     * @return the presence
     */
    protected final SyncGroupPresence presence(SyncGroup room) {
        return new SyncGroupPresence(requireNonNull(room, "the group of a presence must not be null"), this);
    }

    /**
     * The message's handle: opened on first use, closed when the callback ends.
     *
     * @return the handle, in autocommit mode unless the callback has a transaction
     */
    protected final Handle handle() {
        return calls().running().handle();
    }

    /**
     * One of the further databases, whose work runs on separate threads. A callback may {@code join()} the stages, which complete on the
     * default dispatcher. The failure of a stage that the callback neither joined nor handled is not logged.
     *
     * @param name the name of a section of {@code channels.databases}
     * @return the database of that name
     */
    protected final Database database(String name) {
        return CallbackViews.eachCall(
                Database.get(system(), name), view -> calls().options().of(view));
    }

    /**
     * Makes this callback one transaction, like {@link #transaction} for all callbacks. Call it before {@link #handle}.
     *
     * @param options isolation level, read-only, and attempts; several attempts run the whole callback again after a conflict
     * @throws IllegalStateException if the handle was used before, or the callback has a transaction already
     */
    protected final void beginTransaction(TransactionOptions options) {
        requireNonNull(
                options, "the options of beginTransaction(..) must not be null; use TransactionOptions.defaults()");
        calls().running().beginTransaction(options);
    }

    /**
     * Runs a callback once, after a time.
     *
     * <p>It is a callback like {@code receive}, with its own handle and transaction: it waits for the callback in progress, and runs on a
     * database thread. When messages, events and timers wait, they alternate. It begins after {@code connect}, and not after the
     * connection's end: then all timers are cancelled. If it fails, {@code failed(..)} is called with {@code after(..)} and the time as the
     * callback's name.
     *
     * <p>The timer is started as other output is sent: when the callback that calls this method has returned, and not at all if it throws
     * or its transaction is rolled back. In the constructor it is started at once. {@code cancel()} takes effect at once, in any case and
     * from any thread; its result is true if the callback will not run, and false if it has begun or the timer was cancelled before.
     *
     * @param delay the time, from 1 ms to 24 days; a run is at most about 20 ms late, unless another callback is in progress or no database
     *     thread is free
     * @param callback what to run
     * @return the timer
     * @throws TooManyTimersException if the consumer has {@code channels.consumer.max-timers} timers that have not begun or are repeated
     */
    protected final Cancellable after(Duration delay, SyncTimerCallback callback) {
        return timer(delay, delay, false, callback);
    }

    /**
     * Runs a callback again and again, the first time after the same time.
     *
     * @param delay the time from the end of a run to the beginning of the next, from 1 ms to 24 days
     * @param callback what to run
     * @return the timer
     * @throws TooManyTimersException as {@link #after} throws it
     * @see #every(Duration, Duration, SyncTimerCallback)
     */
    protected final Cancellable every(Duration delay, SyncTimerCallback callback) {
        return timer(delay, delay, true, callback);
    }

    /**
     * Runs a callback again and again. Each run is a callback as that of {@link #after}. Runs never overlap, and a late run does not make
     * up for others: the time counts from the end of a run. A run that has failed is followed by the next one if the connection stays open.
     * A callback may cancel its own timer.
     *
     * @param first the time to the first run, from 1 ms to 24 days; a random one, of {@link #jitter}, spreads the load
     * @param delay the time from the end of a run to the beginning of the next, from 1 ms to 24 days
     * @param callback what to run
     * @return the timer
     * @throws TooManyTimersException as {@link #after} throws it
     */
    protected final Cancellable every(Duration first, Duration delay, SyncTimerCallback callback) {
        return timer(first, delay, true, callback);
    }

    private Cancellable timer(Duration first, Duration delay, boolean repeated, SyncTimerCallback callback) {
        requireNonNull(callback, "the callback of a timer must not be null");
        int firstMillis = ConsumerTimers.millis(first, repeated ? "every(..)" : "after(..)");
        ConsumerTimer timer = context().timers().make(delay, repeated, () -> run(callback::run));
        if (context().isOnTurn()) { // in the constructor
            return context().timers().start(timer, firstMillis);
        }
        calls().start(timer, firstMillis);
        return timer;
    }

    /**
     * A group to join or to send to.
     *
     * @param name 1 to 99 of {@code [A-Za-z0-9._-]}; for any other text see {@link GroupName#of}
     * @return the group
     */
    protected final SyncGroup group(String name) {
        return group(new GroupName(name));
    }

    /**
     * A group to join or to send to.
     *
     * @param name its name
     * @return the group
     */
    protected final SyncGroup group(GroupName name) {
        return new SyncGroup(
                requireNonNull(name, "the name of a group must not be null"),
                this,
                context().membership());
    }

    /** Releases the output so far. It cannot be discarded if the callback throws later. */
    protected final void flush() {
        calls.flush();
    }

    final SyncRunner calls() {
        return calls;
    }

    @Override
    final boolean isCallbackHere() {
        return super.isCallbackHere() || calls.isRunningHere();
    }

    @Override
    final boolean isCancelledWhenEnded() {
        return cancelWhenEnded();
    }

    final CompletionStage<?> run(SyncCallback.Body body) {
        return calls().run(context().database(), this::transaction, body);
    }

    /** In {@code failed(..)}: the failure has no further consequence, once the callback has returned. */
    final void handled() {
        FailureHandling failing = context().requireFailing();
        calls().say(failing::keepOpen);
    }
}
