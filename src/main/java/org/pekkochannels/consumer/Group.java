package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.UnencodablePayloadException;

/**
 * A group as one consumer sees it: the consumer can join it, leave it and send to it.
 *
 * <p>Membership ends automatically with the connection. The stages complete on the consumer's turn. Thread-safe: calls from other threads
 * wait for the turn, as {@link WebSocketConsumer} describes; {@link #sendAfterCommit} is for the transaction's thread.
 */
public final class Group {
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
        return change(() -> membership.join(name));
    }

    /**
     * Removes the consumer from the group. Has no effect if it is not a member.
     *
     * @return a stage that completes when the consumer is no longer a member
     */
    public CompletionStage<Done> discard() {
        return change(() -> membership.leave(name));
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
        committed(handle, sending(type, payload, null));
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
        committed(handle, sending(type, payload, membership));
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

    private void committed(Handle handle, Effects.GroupSend send) {
        context.uncommitted().send(handle, send.bytes(), left -> {
            left.run();
            send.committed();
        });
    }

    private CompletionStage<Done> change(Supplier<CompletionStage<Done>> change) {
        return context.isOnTurn()
                ? context.turn().bring(change.get())
                : context.calls().call(0, Done.getInstance(), change::get);
    }

    private CompletionStage<Done> send(String type, Object payload, @Nullable Membership excluded) {
        try {
            Effects.GroupSend send = sending(type, payload, excluded);
            return context.isOnTurn()
                    ? context.turn().bring(send.now())
                    : context.calls().call(send.bytes(), Done.getInstance(), send::now);
        } catch (UnencodablePayloadException e) {
            return context.turn().failed(e);
        }
    }
}
