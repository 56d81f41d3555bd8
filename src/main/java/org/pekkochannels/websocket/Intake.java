package org.pekkochannels.websocket;

import org.pekkochannels.protocol.Inbound;

/**
 * What comes from the peer: how much of it waits for the consumer, and whether for that reason no more is read.
 *
 * <p>Confined to the connection's thread.
 */
final class Intake {
    private final Inbox inbox = new Inbox();
    private final Transport transport;
    private final Counters counters;
    private long most;
    private boolean reading = true;
    // Of the read at hand.
    private int messages;
    private int bytes;

    Intake(Transport transport, Counters counters, int readAhead) {
        this.transport = transport;
        this.counters = counters;
        this.most = readAhead;
    }

    Inbox inbox() {
        return inbox;
    }

    boolean isReading() {
        return reading;
    }

    boolean isFull() {
        return inbox.bytes() > most;
    }

    /** Makes room for what so many bytes can cost as messages that are not compressed. */
    void makeRoomFor(int length) {
        most = inbox.bytes() + (long) length * Inbox.MOST_COST;
    }

    /** Something is lost because it had no room. */
    void overflowed() {
        counters.crossed(Limit.READ_AHEAD);
    }

    void read(int length) {
        bytes += length;
    }

    void message(Inbound.Message message, boolean wanted) {
        messages++;
        if (wanted) {
            inbox.add(message);
        }
    }

    /** Ends the read at hand; returns whether there was a message in it. */
    boolean readDone() {
        boolean any = messages > 0;
        counters.received(messages, bytes);
        messages = 0;
        bytes = 0;
        return any;
    }

    /** Reads or not; returns whether that is resumed. */
    boolean switchTo(boolean wanted) {
        if (wanted == reading) {
            return false;
        }
        reading = wanted;
        if (!wanted && isFull()) {
            counters.crossed(Limit.READ_AHEAD);
        }
        transport.reading(wanted);
        return wanted;
    }
}
