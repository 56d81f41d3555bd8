package org.pekkochannels.protocol;

import java.util.List;
import org.apache.pekko.actor.DeadLetterSuppression;

/**
 * Events that a server sends to a consumer. An event that arrives after the consumer has stopped is ignored.
 *
 * <p>{@link Connect} is sent first and {@link Closed} last, each exactly once. Between them at most one delivery, that is one
 * {@link Message} or {@link Batch}, is in flight: the next follows when {@link Wire#endTurn} has returned the credit. {@link Expiring} may
 * come at any time between them. Immutable; the receiver owns the arrays.
 */
public sealed interface Inbound extends DeadLetterSuppression {

    /**
     * A client requests a connection; the consumer answers with {@link Wire#accept} or {@link Wire#refuse}.
     *
     * @param wire the consumer's side of the connection
     */
    record Connect(Wire wire) implements Inbound {}

    /** One message from the client. */
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
     * @param bytes the bytes, owned by the receiver
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
     * The lease of the connection ends within {@code channels.websocket.lease-notice}, and was not renewed. It is not a delivery: it may come
     * while one is in flight.
     *
     * @param lease the lease; {@link Lease#renew} moves its end
     */
    record Expiring(Lease lease) implements Inbound {}

    /**
     * The connection has ended or was never established. The last event.
     *
     * @param unread messages received before the end and not yet delivered, in the client's order
     * @param reason why the connection ended
     */
    record Closed(List<Message> unread, CloseReason reason) implements Inbound {}
}
