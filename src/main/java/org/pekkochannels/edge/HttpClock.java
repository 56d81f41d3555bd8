package org.pekkochannels.edge;

import java.time.Duration;
import java.util.function.Consumer;
import org.pekkochannels.websocket.Transport;

/**
 * The times of one connection of plain HTTP: how long it may be idle, how long a later request's head may take from its first
 * byte, and how long a body may take.
 *
 * <p>A body's time stands while nothing is read of it, which is while the application takes nothing. Each second more is
 * earned with so many bytes as even a slow line brings, so that a long upload lives and a byte every few seconds does not.
 * Confined to the connection's thread.
 */
final class HttpClock {
    // As Apache's mod_reqtimeout has it.
    private static final long BYTES_PER_SECOND = 500;
    private static final long NANOS_PER_BYTE = 1_000_000_000 / BYTES_PER_SECOND;

    private final HttpDeadlines deadlines;
    private final HttpSettings settings;
    private final Transport connection;
    private final Consumer<CutConnectionCounters.Limit> late;
    private long moved = System.nanoTime();
    private long taken;
    private long headBegun;
    private long bodyAllowed;
    private long bodyUsed;
    private long bodySince;
    private long armed;
    private Reads reads = Reads.NOTHING;

    /** What is being read, and so timed. */
    private enum Reads {
        NOTHING,
        HEAD,
        BODY,
        /** A body that the application does not take at present. */
        PAUSED_BODY
    }

    /** A clock that calls {@code late} when a time is over. */
    HttpClock(ServedApplication service, Transport connection, Consumer<CutConnectionCounters.Limit> late) {
        this.deadlines = service.deadlines();
        this.settings = service.settings();
        this.connection = connection;
        this.late = late;
    }

    void start() {
        arm(nextDue());
    }

    /** Bytes came from the client. */
    void received(int bytes) {
        moved = System.nanoTime();
        bodyAllowed += bytes * NANOS_PER_BYTE;
    }

    /** Bytes of a response left. */
    void sent() {
        moved = System.nanoTime();
    }

    /** A request's body begins. */
    void beginBody() {
        bodyAllowed = settings.bodyTimeout().toNanos();
        bodyUsed = 0;
        reads = Reads.PAUSED_BODY;
    }

    /** Follows what is read now, and whether any more of it is asked for. */
    void follow(HttpInput input, boolean reading) {
        if (input.isInBody()) {
            followBody(reading);
        } else if (!input.isInHead()) {
            reads = Reads.NOTHING;
        } else if (reads != Reads.HEAD) {
            reads = Reads.HEAD;
            headBegun = moved;
            armEarlier();
        }
    }

    private void followBody(boolean reading) {
        long now = System.nanoTime();
        if (reads == Reads.BODY) {
            bodyUsed += now - bodySince;
        }
        bodySince = now;
        reads = reading ? Reads.BODY : Reads.PAUSED_BODY;
        if (reading) {
            armEarlier();
        }
    }

    private void check() {
        long now = System.nanoTime();
        long all = connection.taken();
        moved = all == taken ? moved : now;
        taken = all;
        if (reads == Reads.HEAD && now - headDue() >= 0) {
            late.accept(CutConnectionCounters.Limit.HEADER_TIMEOUT);
        } else if (reads == Reads.BODY && now - bodyDue() >= 0) {
            late.accept(CutConnectionCounters.Limit.BODY_TIMEOUT);
        } else if (now - idleDue() >= 0) {
            late.accept(CutConnectionCounters.Limit.IDLE_TIMEOUT);
        } else {
            arm(nextDue());
        }
    }

    /** A deadline that is set costs something: it moves only forwards, and is looked at again when it comes. */
    private void armEarlier() {
        long due = nextDue();
        if (due - armed < 0) {
            arm(due);
        }
    }

    private void arm(long due) {
        armed = due;
        deadlines.set(connection, Duration.ofNanos(Math.max(0, due - System.nanoTime())), this::check);
    }

    private long nextDue() {
        long idle = idleDue();
        long read = switch (reads) {
            case HEAD -> headDue();
            case BODY -> bodyDue();
            default -> idle;
        };
        return read - idle < 0 ? read : idle;
    }

    private long idleDue() {
        return moved + settings.idleTimeout().toNanos();
    }

    private long headDue() {
        return headBegun + settings.headerTimeout().toNanos();
    }

    private long bodyDue() {
        return bodySince + bodyAllowed - bodyUsed;
    }
}
