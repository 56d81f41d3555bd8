package org.pekkochannels.protocol;

import java.util.List;
import org.apache.pekko.actor.DeadLetterSuppression;

/**
 * What a server tells a consumer; one that comes after the consumer has gone is of no interest.
 *
 * <p>A server tells {@link Connect} first and {@link Closed} last, each once. Between them at most one delivery, that is
 * one {@link Message} or {@link Batch}, is under way: the next follows when {@link Wire#endTurn} has given the credit
 * back. Immutable; the arrays belong to the receiver.
 */
public sealed interface Inbound extends DeadLetterSuppression {

    /**
     * A client asks to connect; the consumer answers with {@link Wire#accept} or {@link Wire#refuse}.
     *
     * @param wire the way back
     */
    record Connect(Wire wire) implements Inbound {}

    /** One message of the client. */
    sealed interface Message extends Inbound {}

    /**
     * A text message.
     *
     * @param text the text
     */
    record Text(String text) implements Message {}

    /**
     * A binary message.
     *
     * @param bytes the bytes, the receiver's to keep
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; a copy per message would be paid for nothing
    record Binary(byte[] bytes) implements Message {}

    /**
     * Several messages that were read together.
     *
     * @param messages at least two, in the client's order
     */
    record Batch(List<Message> messages) implements Inbound {}

    /**
     * The connection has ended, or was never made; the last event.
     *
     * @param unread messages that were received before the end and not yet delivered, in the client's order
     * @param reason why it ended
     */
    record Closed(List<Message> unread, CloseReason reason) implements Inbound {}
}
