package org.pekkochannels.websocket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection's timeouts without timers: the earliest moment at which any can be due is one number, which the edge's one timer compares
 * for all its connections.
 *
 * <p>An event changes the start of a time and costs one field. The number is only moved to an earlier moment, so it may be too early; then
 * the check finds nothing. All times are values of {@link System#nanoTime}. Confined to the connection's thread, except {@link #isDue}.
 */
final class Watch {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long OFF = Long.MIN_VALUE;
    // A timer that is this late shows that the process itself was paused, while the peer's bytes were not read.
    private static final long LATE = Duration.ofSeconds(1).toNanos();
    // Checks of pending output per write timeout, so that slow progress is detected as progress.
    private static final int LOOKS = 4;

    private final SessionTimes times;
    private long heard;
    // When the last ping was sent, or could not be sent.
    private long asked;
    private long used;
    // The first ping after which no bytes have arrived.
    private long pinged = OFF;
    private long begun = OFF;
    private long stuck = OFF;
    private long taken;
    private long closing = OFF;
    private volatile long due;

    Watch(SessionTimes times, long now) {
        this.times = times;
        heard = now;
        asked = now;
        used = now;
        due = next();
    }

    /** Whether {@link #find} may find anything; any thread. */
    boolean isDue(long now) {
        long next = due;
        return next != NEVER && now - next >= 0;
    }

    /**
     * Bytes arrived from the peer.
     *
     * @param finished whether they completed a message
     * @param unfinished whether they left a message incomplete
     */
    void heard(long now, boolean finished, boolean unfinished) {
        heard = now;
        pinged = OFF;
        parsed(now, finished, unfinished);
    }

    /** Like {@link #heard}, for bytes that arrived earlier. */
    void parsed(long now, boolean finished, boolean unfinished) {
        if (finished || !unfinished) {
            begun = OFF;
        }
        if (unfinished && begun == OFF) {
            begun = now;
            arm(now + times.messageTimeout().toNanos());
        }
    }

    /** A message was sent or received. */
    void used(long now) {
        used = used == OFF ? OFF : now;
    }

    /** The connection is closing: stops the idle check, which would otherwise fire at every check until the end. */
    void leaving() {
        used = OFF;
    }

    /** A delivery in flight gets the same time again. */
    void idledOnce(long now) {
        used = now;
        arm(now + times.idleTimeout().orElseThrow().toNanos());
    }

    boolean watchesIdleness() {
        return times.idleTimeout().isPresent();
    }

    /** A ping was sent, and an answer is expected; pings continue meanwhile. */
    void pinged(long now) {
        asked = now;
        if (pinged == OFF) {
            pinged = now;
            arm(now + times.pongTimeout().toNanos());
        }
    }

    /** A ping was sent while its answer will not be read, or could not be sent; the next one is due an interval later. */
    void pingedInVain(long now) {
        asked = now;
    }

    boolean watchesOutput() {
        return stuck != OFF;
    }

    /** Output is pending, of which the kernel has taken this much so far. */
    void waiting(long now, long takenSoFar) {
        stuck = now;
        taken = takenSoFar;
        arm(now + look());
    }

    /** Our close frame was sent, or the peer's has arrived: only the close timeout counts from now on. */
    void closing(long now) {
        closing = now;
        arm(now + times.closeTimeout().toNanos());
    }

    /** The peer has ended its side: pending output may still leave, within the close timeout. */
    void lost(long now, long unsent) {
        end();
        if (unsent > 0) {
            closing(now);
        }
    }

    /** The connection has ended. */
    void end() {
        due = NEVER;
        closing = OFF;
    }

    /** While reading is paused, missing bytes from the peer do not count; pings continue. */
    void excuse(long now) {
        pinged = pinged == OFF ? OFF : now;
        begun = begun == OFF ? OFF : now;
    }

    /**
     * Finds what is due, and when to check again.
     *
     * @param unsent the number of pending output bytes
     * @param takenSoFar the number of bytes that the kernel has taken
     * @return the exceeded limit; null also if only a ping is due
     */
    @Nullable
    Limit find(long now, boolean reading, long unsent, long takenSoFar) {
        if (!reading || now - due > LATE) {
            excuse(now);
        }
        progress(now, unsent, takenSoFar);
        Limit found = found(now);
        due = next();
        return found;
    }

    /** Whether the peer has been silent for so long that a ping is due. */
    boolean wantsPing(long now) {
        return closing == OFF
                && passed(later(heard, asked), times.pingInterval().orElse(null), now);
    }

    private void progress(long now, long unsent, long takenSoFar) {
        if (unsent == 0) {
            stuck = OFF;
        } else if (stuck != OFF && takenSoFar != taken) {
            stuck = now;
            taken = takenSoFar;
        }
    }

    private @Nullable Limit found(long now) {
        if (closing != OFF) {
            return passed(closing, times.closeTimeout(), now) ? Limit.CLOSE_TIMEOUT : null;
        }
        if (passed(stuck, times.writeTimeout(), now)) {
            return Limit.WRITE_TIMEOUT;
        }
        if (passed(pinged, times.pongTimeout(), now)) {
            return Limit.PONG_TIMEOUT;
        }
        if (passed(begun, times.messageTimeout(), now)) {
            return Limit.MESSAGE_TIMEOUT;
        }
        return passed(used, times.idleTimeout().orElse(null), now) ? Limit.IDLE_TIMEOUT : null;
    }

    private static boolean passed(long start, @Nullable Duration limit, long now) {
        return start != OFF && limit != null && now - start - limit.toNanos() >= 0;
    }

    private void arm(long at) {
        if (due == NEVER || at - due < 0) {
            due = at;
        }
    }

    private long next() {
        if (closing != OFF) {
            return closing + times.closeTimeout().toNanos();
        }
        long next = earlier(NEVER, stuck, stuck == OFF ? null : Duration.ofNanos(look()));
        next = earlier(next, pinged, times.pongTimeout());
        next = earlier(next, later(heard, asked), times.pingInterval().orElse(null));
        next = earlier(next, begun, times.messageTimeout());
        return earlier(next, used, times.idleTimeout().orElse(null));
    }

    private static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }

    private static long earlier(long next, long start, @Nullable Duration limit) {
        if (start == OFF || limit == null) {
            return next;
        }
        long at = start + limit.toNanos();
        return next == NEVER || at - next < 0 ? at : next;
    }

    private long look() {
        return times.writeTimeout().toNanos() / LOOKS;
    }
}
