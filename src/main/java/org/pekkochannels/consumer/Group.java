package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.UnencodablePayloadException;

/**
 * A group as one consumer sees it: the consumer can join it, leave it and send to it.
 *
 * <p>Membership ends automatically with the connection. The stages complete on the consumer's turn. Thread-safe: calls from other threads
 * wait for the turn, as {@link WebSocketConsumer} describes; {@link #sendAfterCommit} is for the transaction's thread.
 */
public final class Group {
    static final String NO_POSITION = "the position of add(..) must not be null; use Position.NONE for a first join";

    private final GroupName name;
    private final ConsumerContext context;
    private final Membership membership;

    Group(GroupName name, ConsumerContext context) {
        this.name = name;
        this.context = context;
        this.membership = context.membership();
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
     * Adds the consumer to the group. Has no effect if it is a member already.
     *
     * @return a stage that completes when events sent to the group reach the consumer; it fails at once with {@link TooManyGroupsException}
     *     if the consumer is in {@code channels.consumer.max-groups} groups
     */
    public CompletionStage<Done> add() {
        return onTurn(Done.getInstance(), () -> membership.join(name));
    }

    /**
     * Adds the consumer to the group, and delivers what its client missed since a position: all of it, before later events, or nothing.
     *
     * <p>The missed events wait ahead of later ones, and are handled after the callback, in order, by the usual handlers. They do not count
     * against {@code channels.layer.capacity}. A consumer that is a member already joins again: events of the group that wait for it are
     * dropped, because the position, or the state that it loads, covers them.
     *
     * @param since the position of the last event that the client has, as it has presented it; {@link Position#NONE} for a first join.
     *     {@link Position#of} accepts any text, and one that is unknown or expired recovers nothing
     * @return a stage with the position before the first event that the consumer will handle, and whether the client was caught up; if not,
     *     the consumer loads its state. Fails at once with {@link TooManyGroupsException}, like {@link #add()}
     */
    public CompletionStage<Joined> add(Position since) {
        requireNonNull(since, NO_POSITION);
        return onTurn(Membership.NOT_JOINED, () -> membership.join(name, since));
    }

    /**
     * Adds the consumer to the group, and reads the state that the group's events belong to, so that no event falls between the two.
     *
     * <p>The consumer joins first. Events of the group then wait, as all events do, until the callback that called this method is over; so
     * they follow what it sends of the state. An event that arrived while the state was read may be contained in the state already: apply
     * events so that this does no harm, for example by an id. If more events arrive than may wait, the state is read once more.
     *
     * @param state reads the state, on a database thread
     * @param <T> the type of the state
     * @return a stage with the state, and the position from which the consumer's events follow. Fails with
     *     {@link GroupOverflowException} if too many events arrive again, with what the function throws, and as {@link #add()} does; the
     *     consumer then is not a member
     */
    public <T> CompletionStage<Snapshot<T>> addWith(HandleCallback<T, ? extends Exception> state) {
        requireNonNull(state, "the function of addWith(..) that reads the state must not be null");
        StateReading<T> reading = new StateReading<>(name, context, state);
        return context.isOnTurn()
                ? reading.start()
                : context.calls()
                        .call(0, Done.getInstance(), context.turn()::done)
                        .thenComposeAsync(onTurn -> reading.start());
    }

    /**
     * The position of the group's newest event. Read it before the state that belongs to it: {@link #add(Position)} with it then delivers
     * every event after that state.
     *
     * @return a stage with the position; {@link Position#NONE} if the group keeps no history
     */
    public CompletionStage<Position> position() {
        return onTurn(Position.NONE, () -> membership.layer().position(name));
    }

    /**
     * The newest events of the group.
     *
     * @param limit the most events, at least 1
     * @return a stage with the events and their positions, oldest first; none if the group keeps no history
     */
    public CompletionStage<List<Event>> history(int limit) {
        return onTurn(List.of(), () -> membership.layer().history(name, limit));
    }

    /**
     * Removes the consumer from the group. Has no effect if it is not a member.
     *
     * @return a stage that completes when the consumer is no longer a member
     */
    public CompletionStage<Done> discard() {
        return onTurn(Done.getInstance(), () -> membership.leave(name));
    }

    /**
     * Sends an event to every member, including the consumer if it is a member; at most once, and without waiting for members.
     *
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON, once for all members
     * @return a stage that completes when the event's place in the order is fixed for every member; later sends, including those of
     *     {@link #sendAfterCommit}, arrive after it. If a callback returns the stage, the client is not read faster than a large group is
     *     served. It fails if the payload cannot be encoded
     */
    public CompletionStage<Done> send(String type, Object payload) {
        return send(type, payload, null);
    }

    /**
     * Sends an event to every member but the consumer itself, like {@link #send}.
     *
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON, once for all members
     * @return a stage as of {@link #send}
     */
    public CompletionStage<Done> sendToOthers(String type, Object payload) {
        return send(type, payload, membership);
    }

    /**
     * Sends an event to every member if a transaction commits, as {@link AfterCommit} describes. Call it inside the transaction's callback,
     * on the database thread.
     *
     * @param handle the transaction's handle
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the transaction
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if the consumer's transactions have sent too much already
     */
    public void sendAfterCommit(Handle handle, String type, Object payload) {
        context.uncommitted().send(handle, sending(type, payload, null));
    }

    /**
     * Sends an event to every member but the consumer itself if a transaction commits, like {@link #sendAfterCommit}.
     *
     * @param handle the transaction's handle
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the transaction
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if the consumer's transactions have sent too much already
     */
    public void sendToOthersAfterCommit(Handle handle, String type, Object payload) {
        context.uncommitted().send(handle, sending(type, payload, membership));
    }

    /**
     * The current number of the group's members on this node, including the consumer if it is one. May be called from any thread.
     *
     * @return the number, which may have changed when the caller reads it
     */
    public int localSize() {
        return membership.localSize(name);
    }

    private Effects.GroupSend sending(String type, Object payload, @Nullable Membership excluded) {
        return new Effects.GroupSend(membership.layer(), name, context.event(type, payload), excluded);
    }

    private <T> CompletionStage<T> onTurn(T ended, Supplier<CompletionStage<T>> call) {
        return context.isOnTurn()
                ? context.turn().bring(call.get())
                : context.calls().call(0, ended, call::get);
    }

    private CompletionStage<Done> send(String type, Object payload, @Nullable Membership excluded) {
        try {
            Effects.GroupSend send = sending(type, payload, excluded);
            return context.isOnTurn()
                    ? context.turn().bring(send.now())
                    : context.calls().call(send.bytes(), Done.getInstance(), send::now);
        } catch (UnencodablePayloadException | EventTooLargeException e) {
            return context.turn().failed(e);
        }
    }
}
