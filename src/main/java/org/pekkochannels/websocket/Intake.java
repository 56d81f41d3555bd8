package org.pekkochannels.websocket;

import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.websocket.codec.FrameParser;

/**
 * What comes from the peer: how much of it waits for the consumer, and whether for that reason no more is read.
 *
 * <p>Confined to the connection's thread.
 */
final class Intake {
    private final ReadAhead inbox = new ReadAhead();
    private final Unparsed unparsed = new Unparsed();
    private final Transport transport;
    private final WebSocketCounters counters;
    private long most;
    private boolean reading = true;
    // Of the read at hand.
    private int messages;
    private int bytes;

    Intake(Transport transport, WebSocketCounters counters, int readAhead) {
        this.transport = transport;
        this.counters = counters;
        this.most = readAhead;
    }

    ReadAhead inbox() {
        return inbox;
    }

    boolean isReading() {
        return reading;
    }

    boolean isFull() {
        return inbox.bytes() > most;
    }

    /** Whether bytes were read that are not parsed yet. */
    boolean isHolding() {
        return !unparsed.isEmpty();
    }

    /** Parses as far as there is room, and holds the rest; returns whether there is any. */
    boolean parse(FrameParser parser, byte[] window, int offset, int length) {
        int parsed = unparsed.isEmpty() ? parser.parse(window, offset, length) : 0;
        if (parsed < length) {
            unparsed.add(window, offset + parsed, length - parsed);
        }
        return parsed < length;
    }

    /** Goes on with what is held, as far as there is room. */
    void parseHeld(FrameParser parser) {
        unparsed.parse(parser);
    }

    /** Makes room for what the bytes that are held can cost as messages that are not compressed. */
    void makeRoomForHeld() {
        most = inbox.bytes() + (long) unparsed.length() * ReadAhead.MOST_COST;
    }

    /** Discards what is held, and had no room. */
    void discardHeld() {
        if (isHolding()) {
            counters.crossed(Limit.READ_AHEAD);
            unparsed.clear();
        }
    }

    /** What comes does not matter any more. */
    void forgetHeld() {
        unparsed.clear();
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
