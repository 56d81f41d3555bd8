package org.pekkochannels.edge;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.pekkochannels.websocket.Transport;

/**
 * The timeouts of one plain HTTP connection: how long it may be idle, how long a later request's head may take from its first byte, and how
 * long a body may take.
 *
 * <p>A body's clock stops while the application does not read it. Each further second is earned by as many bytes as a slow line transfers
 * in it. So a long upload continues, but a client that sends a byte every few seconds is cut off. Confined to the connection's thread.
 *
 * <p>Only one deadline is set at a time, for the timeout that is due next. Most events make timeouts later and only change a field;
 * {@link #check} finds out at the deadline. An event that makes a timeout earlier moves the deadline at once, see {@link #armEarlier}.
 */
final class HttpClock {
    // The rate of Apache's mod_reqtimeout.
    private static final long BYTES_PER_SECOND = 500;
    private static final long NANOS_PER_BYTE = 1_000_000_000 / BYTES_PER_SECOND;

    private final HttpDeadlines deadlines;
    private final HttpSettings settings;
    private final Transport connection;
    private final BooleanSupplier open;
    private final Consumer<CutConnectionCounters.Limit> late;
    // When bytes last moved in either direction, and how many the kernel had taken of the output by then.
    private long moved;
    private long taken;
    // When the current head began. Of the current body: the time that it may take, the time used before the current
    // read, and when that began.
    private long headBegun;
    private long bodyAllowed;
    private long bodyUsed;
    private long bodySince;
    // The time of the deadline that is set.
    private long armed;
    private Reads reads = Reads.NOTHING;

    /** What is being read, and therefore timed. */
    private enum Reads {
        NOTHING,
        HEAD,
        BODY,
        /** A body that the application does not read at present. */
        PAUSED_BODY
    }

    /** A clock that calls {@code late} when a timeout passes while the exchange is open. */
    HttpClock(
            ServedApplication service,
            Transport connection,
            BooleanSupplier open,
            Consumer<CutConnectionCounters.Limit> late) {
        this.deadlines = service.deadlines();
        this.settings = service.settings();
        this.connection = connection;
        this.open = open;
        this.late = late;
        this.moved = deadlines.now();
    }

    /** Sets the deadline; again after {@link #check} has reported a timeout that does not end the connection. */
    void start() {
        arm(nextDue());
    }

    /** Bytes have arrived from the client. Chunk framing earns time like the body itself, but has bounds in {@code ChunkedBody}. */
    void received(int bytes) {
        moved = deadlines.now();
        bodyAllowed += bytes * NANOS_PER_BYTE;
    }

    /** Bytes of a response have left. */
    void sent() {
        moved = deadlines.now();
    }

    /** A request's body begins. Its time does not run before {@link #follow} reports that the body is read. */
    void beginBody() {
        bodyAllowed = settings.bodyTimeout().toNanos();
        bodyUsed = 0;
        reads = Reads.PAUSED_BODY;
    }

    /** Adapts to what is read now, and to whether more of it is requested. */
    void follow(HttpInput input, boolean reading) {
        if (input.isInBody()) {
            followBody(reading);
        } else if (!input.isInHead()) {
            reads = Reads.NOTHING;
        } else if (reads != Reads.HEAD) {
            reads = Reads.HEAD;
            // In general the read that has just brought the first byte. A head that was held meanwhile gets its time
            // from
            // the last movement on.
            headBegun = moved;
            armEarlier();
        }
    }

    private void followBody(boolean reading) {
        long now = deadlines.now();
        // Sums up the time of reading; pauses between are left out.
        if (reads == Reads.BODY) {
            bodyUsed += now - bodySince;
        }
        bodySince = now;
        reads = reading ? Reads.BODY : Reads.PAUSED_BODY;
        // A pause needs no deadline of the body; the idle timeout stays.
        if (reading) {
            armEarlier();
        }
    }

    /** Runs on the connection's thread when the deadline passes: reports an exceeded timeout, or sets the next deadline. */
    private void check() {
        // This deadline may have passed just before the exchange ended. The connection then has another one, which must
        // not be replaced here.
        if (!open.getAsBoolean()) {
            return;
        }
        long now = deadlines.now();
        // Output that the kernel takes counts as movement. It is noticed here only, so that writes need not read the
        // clock.
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

    /** Setting a deadline has a cost: an existing one is only moved to a later time when it passes. */
    private void armEarlier() {
        long due = nextDue();
        if (due - armed < 0) {
            arm(due);
        }
    }

    private void arm(long due) {
        armed = due;
        deadlines.set(connection, Duration.ofNanos(Math.max(0, due - deadlines.now())), this::check);
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
