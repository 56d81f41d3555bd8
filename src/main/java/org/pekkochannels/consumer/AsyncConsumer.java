package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Cancellable;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;

/** What asynchronous consumers share: their callbacks return stages, which complete on the consumer's turn. */
abstract sealed class AsyncConsumer extends Consumer permits WebSocketConsumer, WorkerConsumer {
    AsyncConsumer(ConsumerContext context) {
        super(context);
    }

    /**
     * Registers the handler of a group event type. Call it in the constructor.
     *
     * @param type the event's type, as in {@link Group#send}
     * @param payload the class to which the payload is decoded
     * @param callback the handler, usually a method reference
     * @param <E> the payload's class
     * @throws IllegalStateException after the constructor
     */
    protected final <E> void on(String type, Class<E> payload, EventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, callback::handle);
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
    protected final <E> void on(String type, TypeReference<E> payload, EventCallback<? super E> callback) {
        requireNonNull(callback, () -> "the handler of events of type '" + type + "' must not be null");
        register(type, payload, callback::handle);
    }

    /**
     * Registers the handler of a group's presence. Call it in the constructor.
     *
     * <p>When the consumer has joined the group, the handler gets the state, at most about a second later, and then what changes, at most
     * once a second, as {@link Presence} describes. It ends when the consumer leaves the group.
     *
     * @param room the group
     * @param callback the handler, usually a method reference; applies the difference to what it has, as {@link Presence.Diff} describes
     * @throws IllegalStateException after the constructor
     * @throws UnsupportedOperationException if the layer has no presence
     */
    protected final void onPresence(Group room, EventCallback<? super Presence.Diff> callback) {
        onPresence(named(room), callback);
    }

    /**
     * Registers the handler of the presence of all groups that the consumer joins, except those with a handler. The difference has the
     * group's name. Otherwise like {@link #onPresence(Group, EventCallback)}.
     *
     * @param callback the handler
     * @throws IllegalStateException after the constructor
     * @throws UnsupportedOperationException if the layer has no presence
     */
    protected final void onPresence(EventCallback<? super Presence.Diff> callback) {
        onPresence((GroupName) null, callback);
    }

    private void onPresence(@Nullable GroupName group, EventCallback<? super Presence.Diff> callback) {
        requireNonNull(callback, "the handler of a presence must not be null");
        registerPresence(group, "onPresence(..)", event -> {
            Presence.Diff diff = Presence.Diff.of(event);
            return () -> callback.handle(diff);
        });
    }

    static GroupName named(Group room) {
        return requireNonNull(room, "the group of a presence must not be null").name();
    }

    /**
     * The presence of a group: to enter it under a key, and to list its entries. The consumer need not be a member.
     *
     * @param room the group
     * @return the presence
     */
    protected final GroupPresence presence(Group room) {
        return new GroupPresence(named(room), context());
    }

    /**
     * Runs a callback once, after a time.
     *
     * <p>It is a callback like {@code receive}: it waits for the callback in progress, and the consumer waits for its stage. When messages,
     * events and timers wait, they alternate. It begins after {@code connect}, and not after the connection's end: then all timers are
     * cancelled. If it fails, {@code failed(..)} is called with {@code after(..)} and the time as the callback's name.
     *
     * <p>May be called from the constructor on, and from any thread; so may {@code cancel()}. The result of {@code cancel()} is true if the
     * callback will not run, and false if it has begun or the timer was cancelled before.
     *
     * @param delay the time, from 1 ms to 24 days; a run is at most about 20 ms late, unless another callback is in progress
     * @param callback what to run; returns a stage that the consumer waits for
     * @return the timer; cancelled already if the connection has ended
     * @throws TooManyTimersException if the consumer has {@code channels.consumer.max-timers} timers that have not begun or are repeated
     */
    protected final Cancellable after(Duration delay, Callable<? extends CompletionStage<?>> callback) {
        return timer(delay, delay, false, callback);
    }

    /**
     * Runs a callback again and again, the first time after the same time.
     *
     * @param delay the time from the end of a run to the beginning of the next, from 1 ms to 24 days
     * @param callback what to run; returns a stage that the consumer waits for
     * @return the timer; cancelled already if the connection has ended
     * @throws TooManyTimersException as {@link #after} throws it
     * @see #every(Duration, Duration, Callable)
     */
    protected final Cancellable every(Duration delay, Callable<? extends CompletionStage<?>> callback) {
        return timer(delay, delay, true, callback);
    }

    /**
     * Runs a callback again and again. Each run is a callback as that of {@link #after}. Runs never overlap, and a late run does not make
     * up for others: the time counts from the end of a run, its stage included. A run that has failed is followed by the next one if the
     * connection stays open. A callback may cancel its own timer.
     *
     * <pre>{@code every(jitter(PERIOD), PERIOD, this::refresh);}</pre>
     *
     * @param first the time to the first run, from 1 ms to 24 days; a random one, of {@link #jitter}, spreads the load
     * @param delay the time from the end of a run to the beginning of the next, from 1 ms to 24 days
     * @param callback what to run; returns a stage that the consumer waits for
     * @return the timer; cancelled already if the connection has ended
     * @throws TooManyTimersException as {@link #after} throws it
     */
    protected final Cancellable every(Duration first, Duration delay, Callable<? extends CompletionStage<?>> callback) {
        return timer(first, delay, true, callback);
    }

    private Cancellable timer(
            Duration first, Duration delay, boolean repeated, Callable<? extends CompletionStage<?>> callback) {
        ConsumerTimers timers = context().timers();
        return timers.start(
                timers.make(delay, repeated, requireNonNull(callback, "the callback of a timer must not be null")),
                ConsumerTimers.millis(first, repeated ? "every(..)" : "after(..)"));
    }

    /**
     * The database: one handle per call, on the database dispatcher; stages complete on the consumer's turn. For work that is useless
     * without the client, use {@code database().cancelledBy(ended())}.
     *
     * @return the database of this actor system
     */
    protected final Database database() {
        return context().database();
    }

    /**
     * One of the further databases; stages complete on the consumer's turn.
     *
     * @param name the name of a section of {@code channels.databases}
     * @return the database of that name
     */
    protected final Database database(String name) {
        return context().within(Database.get(system(), name).on(context().turn()));
    }

    /**
     * A group to join or to send to.
     *
     * @param name 1 to 99 of {@code [A-Za-z0-9._-]}; for any other text see {@link GroupName#of}
     * @return the group
     */
    protected final Group group(String name) {
        return group(new GroupName(name));
    }

    /**
     * A group to join or to send to.
     *
     * @param name its name
     * @return the group
     */
    protected final Group group(GroupName name) {
        return new Group(requireNonNull(name, "the name of a group must not be null"), context());
    }

    /**
     * Delivers the result of any other stage, such as an HTTP client's, on the consumer's turn, where continuations may use the consumer's
     * fields. Not needed for a call of {@code send} and similar methods alone.
     *
     * <p>On another thread, continue with {@code onTurn(stage).thenAcceptAsync(..)}: {@code thenAccept} would run on that thread, and not
     * on the turn, if the stage is complete by then. On the turn both run on the turn.
     *
     * @param stage any stage
     * @param <T> its result
     * @return a stage that completes on the consumer's turn; after the consumer's end it fails with
     *     {@link java.util.concurrent.RejectedExecutionException}
     */
    protected final <T> CompletionStage<T> onTurn(CompletionStage<T> stage) {
        requireNonNull(stage, "the stage of onTurn(..) must not be null");
        return context().isOnTurn()
                ? context().turn().bring(stage)
                : context().calls().bring(stage);
    }

    /**
     * A complete stage, for a callback that has nothing to wait for.
     *
     * @return the complete stage
     */
    protected final CompletionStage<Done> done() {
        return context().turn().done();
    }

    /** In {@code failed(..)}: the failure has no further consequence. */
    final CompletionStage<Done> handled() {
        if (context().isOnTurn()) {
            context().requireFailing().keepOpen();
            return done();
        }
        return context().calls().run(() -> context().requireFailing().keepOpen());
    }
}
