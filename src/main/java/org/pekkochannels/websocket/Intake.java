package org.pekkochannels.websocket;

import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.websocket.codec.FrameParser;

/**
 * Input from the peer: how much of it waits for the consumer, and whether reading is paused because of that.
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
    // Messages of the current read.
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

    /** Parses until the room is used up, and holds the rest; returns whether any is held. */
    boolean parse(FrameParser parser, byte[] window, int offset, int length) {
        int parsed = unparsed.isEmpty() ? parser.parse(window, offset, length) : 0;
        if (parsed < length) {
            unparsed.add(window, offset + parsed, length - parsed);
        }
        return parsed < length;
    }

    /** Continues with the held bytes until the room is used up. */
    void parseHeld(FrameParser parser) {
        unparsed.parse(parser);
    }

    /** Makes room for all uncompressed messages that the held bytes can contain. */
    void makeRoomForHeld() {
        most = inbox.bytes() + (long) unparsed.length() * ReadAhead.MOST_COST;
    }

    /** Discards the held bytes, for which there was no room. */
    void discardHeld() {
        if (isHolding()) {
            counters.crossed(Limit.READ_AHEAD);
            unparsed.clear();
        }
    }

    /** Discards held and later bytes. */
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

    /** Ends the current read; returns whether it contained a message. */
    boolean readDone() {
        boolean any = messages > 0;
        counters.received(messages, bytes);
        messages = 0;
        bytes = 0;
        return any;
    }

    /** Starts or stops reading; returns whether reading was resumed. */
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
