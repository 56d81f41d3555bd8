package org.pekkochannels.websocket;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.pekkochannels.concurrent.Backlog;
import org.pekkochannels.protocol.Inbound;

/** Messages that the consumer has not taken yet. Confined to the connection's thread. */
final class ReadAhead {
    // One hand-off for many small messages. Larger batches gain nothing, and delay what the consumer sends meanwhile.
    private static final int MOST_PER_BATCH = 32;
    // The approximate memory of an empty message, so that a flood of empty messages is bounded, too.
    private static final int MESSAGE_COST = 64;
    // The highest cost per byte received: an empty message takes 6 bytes.
    static final int MOST_COST = 11;

    private final Backlog<Inbound.Message> messages = new Backlog<>();
    private long bytes;

    void add(Inbound.Message message) {
        messages.add(message);
        bytes += cost(message);
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    /** The next delivery: one message, or several. */
    Inbound take() {
        return messages.size() == 1 ? next() : new Inbound.Batch(take(Math.min(messages.size(), MOST_PER_BATCH)));
    }

    List<Inbound.Message> takeAll() {
        return messages.isEmpty() ? List.of() : take(messages.size());
    }

    private List<Inbound.Message> take(int count) {
        Inbound.Message[] taken = new Inbound.Message[count];
        for (int i = 0; i < count; i++) {
            taken[i] = next();
        }
        return Collections.unmodifiableList(Arrays.asList(taken));
    }

    private Inbound.Message next() {
        Inbound.Message message = messages.remove();
        bytes -= cost(message);
        return message;
    }

    private static int cost(Inbound.Message message) {
        int payload =
                message instanceof Inbound.Text text ? text.text().length() : ((Inbound.Binary) message).bytes().length;
        return MESSAGE_COST + payload;
    }
}
