package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.UnencodablePayloadException;

/**
 * A group as one consumer sees it: the consumer may join it, leave it and send to it.
 *
 * <p>Membership ends with the connection, without any doing of the consumer's. The stages complete on the consumer's turn.
 * Thread-safe: calls from other threads wait for the turn, as {@link WebSocketConsumer} describes; {@link #sendAfterCommit} is
 * for the transaction's thread.
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
     * Adds the consumer to the group; once more changes nothing.
     *
     * @return a stage that completes when events sent to the group reach the consumer; it fails at once with {@link
     *     TooManyGroupsException} where the consumer is in {@code channels.consumer.max-groups} groups
     */
    public CompletionStage<Done> add() {
        return change(() -> membership.join(name));
    }

    /**
     * Removes the consumer from the group; of a group that it is not in, nothing.
     *
     * @return a stage that completes when the consumer is no member any more
     */
    public CompletionStage<Done> discard() {
        return change(() -> membership.leave(name));
    }

    /**
     * Sends an event to every member, the consumer too if it is one; at most once, and never waiting for a member.
     *
     * @param type the event's type, which members have a handler {@code on(type, ..)} for
     * @param payload what Jackson encodes as JSON, once for all members
     * @return a stage that completes when the event is on its way to every member; what is said then, by
     *     {@link #sendAfterCommit} too, comes after it. Returned, it lets the client be read no faster than a large group is
     *     served. It fails if the payload cannot be encoded
     */
    public CompletionStage<Done> send(String type, Object payload) {
        return context.isOnTurn()
                ? context.turn().bring(membership.layer().groupSend(name.value(), type, payload))
                : sendLater(type, payload);
    }

    /**
     * Sends an event to every member if a transaction commits, as {@link AfterCommit} says; for use inside its callback,
     * on the database thread.
     *
     * @param handle the transaction's
     * @param type the event's type, which members have a handler {@code on(type, ..)} for
     * @param payload what Jackson encodes as JSON, here and now; one that cannot be encoded fails the transaction
     * @throws IllegalStateException when the handle has no transaction
     * @throws TooMuchOutputException when the consumer's transactions have sent too much already
     */
    public void sendAfterCommit(Handle handle, String type, Object payload) {
        Event event = Event.of(type, payload);
        context.uncommitted().send(handle, event.size(), left -> {
            left.run();
            AfterCommit.send(membership.layer(), name, event);
        });
    }

    private CompletionStage<Done> change(Supplier<CompletionStage<Done>> change) {
        return context.isOnTurn()
                ? context.turn().bring(change.get())
                : context.calls().call(0, Done.getInstance(), change::get);
    }

    private CompletionStage<Done> sendLater(String type, Object payload) {
        try {
            Event event = Event.of(type, payload);
            return context.calls()
                    .call(
                            event.size(),
                            Done.getInstance(),
                            () -> membership.layer().groupSend(name.value(), event));
        } catch (UnencodablePayloadException e) {
            return context.turn().failed(e);
        }
    }
}
