package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.database.Deadline;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.UnencodablePayloadException;
import org.pekkochannels.settings.Settings;

/**
 * A group as one synchronous consumer sees it. Use it inside the consumer's callbacks.
 *
 * <p>Membership ends automatically with the connection.
 */
public final class SyncGroup {
    private final GroupName name;
    private final SyncConsumer consumer;
    private final Membership membership;

    SyncGroup(GroupName name, SyncConsumer consumer, Membership membership) {
        this.name = name;
        this.consumer = consumer;
        this.membership = membership;
    }

    /**
     * The group's name.
     *
     * @return the name
     */
    public GroupName name() {
        return name;
    }

    /**
     * Adds the consumer to the group at once. Has no effect if it is a member already. Waits for the layer, at most until the callback's
     * {@code deadline}, or for {@code channels.consumer.disconnect-timeout} if it has none.
     *
     * @throws TooManyGroupsException if the consumer is in {@code channels.consumer.max-groups} groups
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public void add() {
        SyncCallback call = consumer.calls().running();
        await(call.options(), membership.join(name));
    }

    /**
     * Adds the consumer to the group at once, and delivers what its client missed since a position: all of it, before later events, or
     * nothing. The missed events are handled after the callback, in order. Otherwise like {@link Group#add(Position)}.
     *
     * @param since the position of the last event that the client has, as it has presented it; {@link Position#NONE} for a first join
     * @return the position before the first event that the consumer will handle, and whether the client was caught up; if not, the
     *     consumer loads its state
     * @throws TooManyGroupsException if the consumer is in {@code channels.consumer.max-groups} groups
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public Joined add(Position since) {
        requireNonNull(since, Group.NO_POSITION);
        SyncCallback call = consumer.calls().running();
        return await(call.options(), membership.join(name, since));
    }

    /**
     * Adds the consumer to the group at once, and reads the state that the group's events belong to, so that no event falls between the two.
     * The events are handled after the callback, so they follow what it sends of the state. Otherwise like {@link Group#addWith}.
     *
     * @param state reads the state, with the callback's handle. In a transaction it must see what others commit meanwhile, as with the
     *     isolation level {@code READ_COMMITTED}
     * @param <T> the type of the state
     * @param <X> what the function throws
     * @return the state, and the position from which the consumer's events follow
     * @throws X if the function throws it; the consumer then is not a member
     * @throws GroupOverflowException if more events arrived than may wait, twice
     * @throws TooManyGroupsException if the consumer is in {@code channels.consumer.max-groups} groups
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public <T, X extends Exception> Snapshot<T> addWith(HandleCallback<T, X> state) throws X {
        requireNonNull(state, "the function of addWith(..) that reads the state must not be null");
        Optional<Snapshot<T>> read = attempt(state);
        if (read.isEmpty()) {
            read = attempt(state);
        }
        return read.orElseThrow(() -> {
            discard();
            return StateReading.overflow(name, consumer.context());
        });
    }

    /** Empty if more events arrived than may wait. */
    private <T, X extends Exception> Optional<Snapshot<T>> attempt(HandleCallback<T, X> state) throws X {
        Optional<StateSnapshot> snapshot = StateSnapshot.in(membership.layer(), name);
        return snapshot.isPresent() ? readFirst(snapshot.get(), state) : joinFirst(state);
    }

    private <T, X extends Exception> Optional<Snapshot<T>> readFirst(StateSnapshot snapshot, HandleCallback<T, X> state)
            throws X {
        Snapshot<T> read = read(snapshot, consumer.calls().running().handle(), state);
        if (read.position().equals(Position.NONE)) { // asking for it begins the history
            Position unused = position();
            return Optional.empty();
        }
        Joined joined = add(read.position());
        ConsumerContext context = consumer.context();
        context.turn().offer(() -> context.removeSuperseded(name));
        return joined.recovered() ? Optional.of(read) : Optional.empty();
    }

    private static <T, X extends Exception> Snapshot<T> read(
            StateSnapshot snapshot, Handle handle, HandleCallback<T, X> state) throws X {
        try {
            return handle.isInTransaction()
                    ? snapshot.read(handle, state)
                    : handle.<Snapshot<T>, Exception>inTransaction(
                            TransactionIsolationLevel.REPEATABLE_READ, within -> snapshot.read(within, state));
        } catch (SQLException e) {
            throw new TransactionException("The position of the group could not be read", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // nothing else but the exception of the application's function
            @SuppressWarnings("unchecked")
            X failure = (X) e;
            throw failure;
        }
    }

    private <T, X extends Exception> Optional<Snapshot<T>> joinFirst(HandleCallback<T, X> state) throws X {
        Joined joined = add(Position.NONE);
        ConsumerContext context = consumer.context();
        context.turn().offer(() -> context.removeSuperseded(name));
        int before = membership.misses();
        boolean done = false;
        try {
            T value = state.withHandle(consumer.calls().running().handle());
            done = true;
            return membership.misses() == before
                    ? Optional.of(new Snapshot<>(value, joined.position()))
                    : Optional.empty();
        } finally {
            if (!done) {
                discard();
            }
        }
    }

    /**
     * The position of the group's newest event, as {@link Group#position} describes. Waits for the layer, like {@link #add}.
     *
     * @return the position; {@link Position#NONE} if the group keeps no history
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public Position position() {
        SyncCallback call = consumer.calls().running();
        return await(call.options(), membership.layer().position(name));
    }

    /**
     * The newest events of the group. Waits for the layer, like {@link #add}.
     *
     * @param limit the most events, at least 1
     * @return the events and their positions, oldest first; none if the group keeps no history
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public List<Event> history(int limit) {
        SyncCallback call = consumer.calls().running();
        return await(call.options(), membership.layer().history(name, limit));
    }

    /**
     * Removes the consumer from the group at once. Waits for the layer, like {@link #add}.
     *
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public void discard() {
        SyncCallback call = consumer.calls().running();
        await(call.options(), membership.leave(name));
    }

    /**
     * Sends an event to every member, including the consumer if it is a member. The event leaves when the callback has returned and the
     * transaction of this call, if any, has committed.
     *
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the callback
     * @throws TooMuchOutputException if too much output is kept already
     */
    public void send(String type, Object payload) {
        send(type, payload, null);
    }

    /**
     * Sends an event to every member but the consumer itself, like {@link #send}.
     *
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the callback
     * @throws TooMuchOutputException if too much output is kept already
     */
    public void sendToOthers(String type, Object payload) {
        send(type, payload, membership);
    }

    /**
     * The current number of the group's members on this node, including the consumer if it is one. May be called from any thread.
     *
     * @return the number, which may have changed when the caller reads it
     */
    public int localSize() {
        return membership.localSize(name);
    }

    /**
     * Sends an event to every member if a transaction commits, as {@link AfterCommit} describes. For a transaction that is only a part of the
     * callback, such as {@code handle().useTransaction(..)}: there {@link #send} leaves at the end of the callback. Call it inside the
     * transaction's callback.
     *
     * @param handle the transaction's handle
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call
     * @throws UnencodablePayloadException if it cannot
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if the transaction has sent too much already
     */
    public void sendAfterCommit(Handle handle, String type, Object payload) {
        membership.afterCommit().groupSend(handle, sending(type, payload, null));
    }

    /**
     * Sends an event to every member but the consumer itself if a transaction commits, like {@link #sendAfterCommit}.
     *
     * @param handle the transaction's handle
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call
     */
    public void sendToOthersAfterCommit(Handle handle, String type, Object payload) {
        membership.afterCommit().groupSend(handle, sending(type, payload, membership));
    }

    private void send(String type, Object payload, @Nullable Membership excluded) {
        consumer.calls().later(sending(type, payload, excluded));
    }

    private Effects.GroupSend sending(String type, Object payload, @Nullable Membership excluded) {
        return new Effects.GroupSend(
                membership.layer(), name, consumer.context().event(type, payload), excluded);
    }

    /** Waits for the stage; the stage itself reports its failure. */
    <T> T await(CallbackOptions options, CompletionStage<T> stage) {
        CompletableFuture<T> answer = stage.toCompletableFuture();
        if (!answer.isDone()) {
            awaitAnswer(answer, options);
        }
        try {
            return answer.join();
        } catch (CompletionException | CancellationException e) {
            throw ConfinedFuture.unwrap(e) instanceof RuntimeException cause ? cause : e;
        }
    }

    private void awaitAnswer(CompletableFuture<?> answer, CallbackOptions options) {
        Optional<Deadline> deadline = options.deadline();
        Duration patience = deadline.map(Deadline::remaining)
                .orElse(consumer.context().settings().disconnectTimeout());
        try {
            answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new GroupTimeoutException(name.value(), membership.layer().getClass(), limit(deadline, patience));
        } catch (InterruptedException e) { // the callback's database call was cut off
            throw new IllegalStateException("interrupted while the channel layer did not answer", e);
        } catch (ExecutionException | CancellationException e) {
            // The awaited stage reports the failure itself.
        }
    }

    /** Names the time limit that has passed. For a deadline it is the whole deadline, because the callback itself has used the rest. */
    private static String limit(Optional<Deadline> deadline, Duration patience) {
        if (deadline.isEmpty()) {
            return "has not answered within " + Settings.written(patience) + " (channels.consumer.disconnect-timeout)";
        }
        String over = "deadline of " + Settings.written(deadline.get().budget()) + " ("
                + deadline.get().key() + ")";
        return patience.isNegative() || patience.isZero()
                ? "was called after the callback's " + over + " had passed, and did not answer at once"
                : "has not answered by the callback's " + over;
    }
}
