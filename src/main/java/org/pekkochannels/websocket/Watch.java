package org.pekkochannels.websocket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection's times, kept without timers: the next moment at which anything can be due is one number, which an edge's
 * one timer compares for all its connections.
 *
 * <p>What happens moves the start of a time and costs a field; that number is moved only where it comes to lie earlier.
 * So it may be early, and then nothing is found. All in nanoseconds of {@link System#nanoTime}. Confined to the
 * connection's thread, but for {@link #isDue}.
 */
final class Watch {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long OFF = Long.MIN_VALUE;
    // A timer so late tells of a pause of ours, with the peer's bytes still unread.
    private static final long LATE = Duration.ofSeconds(1).toNanos();
    // How often an output that waits is looked at within its time, so that little progress is progress.
    private static final int LOOKS = 4;

    private final SessionTimes times;
    private long heard;
    // When the last ping was sent, or could not be.
    private long asked;
    private long used;
    // The first ping that nothing has followed.
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
     * Something came from the peer.
     *
     * @param finished whether a message has ended with it
     * @param unfinished whether one has begun and not ended
     */
    void heard(long now, boolean finished, boolean unfinished) {
        heard = now;
        pinged = OFF;
        parsed(now, finished, unfinished);
    }

    /** As {@link #heard}, of bytes that came earlier. */
    void parsed(long now, boolean finished, boolean unfinished) {
        if (finished || !unfinished) {
            begun = OFF;
        }
        if (unfinished && begun == OFF) {
            begun = now;
            arm(now + times.messageTimeout().toNanos());
        }
    }

    /** A message went one way or the other. */
    void used(long now) {
        used = used == OFF ? OFF : now;
    }

    /** The connection goes away: that it rests is judged no more, or it would be at every look until that has happened. */
    void leaving() {
        used = OFF;
    }

    /** A delivery under way has as long again. */
    void idledOnce(long now) {
        used = now;
        arm(now + times.idleTimeout().orElseThrow().toNanos());
    }

    boolean watchesIdleness() {
        return times.idleTimeout().isPresent();
    }

    /** A ping was sent, to which an answer is expected; pings go on meanwhile. */
    void pinged(long now) {
        asked = now;
        if (pinged == OFF) {
            pinged = now;
            arm(now + times.pongTimeout().toNanos());
        }
    }

    /** A ping was sent whose answer will not be read, or none could be sent; the next one is due an interval later. */
    void pingedInVain(long now) {
        asked = now;
    }

    boolean watchesOutput() {
        return stuck != OFF;
    }

    /** Output waits, of which the kernel has taken so much so far. */
    void waiting(long now, long takenSoFar) {
        stuck = now;
        taken = takenSoFar;
        arm(now + look());
    }

    /** Our close frame was sent, or the peer's was: nothing else counts any more. */
    void closing(long now) {
        closing = now;
        arm(now + times.closeTimeout().toNanos());
    }

    /** The peer has ended its side: what is unsent may still leave, but not for as long as the peer likes. */
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

    /** While we do not read, what the peer does not say is not held against it; it is pinged all the same. */
    void excuse(long now) {
        pinged = pinged == OFF ? OFF : now;
        begun = begun == OFF ? OFF : now;
    }

    /**
     * Looks what is due, and when to look again.
     *
     * @param unsent how much output waits
     * @param takenSoFar how much the kernel has taken
     * @return the limit that was crossed; none also where a ping is due
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

    /** Whether the peer has been silent for so long that it should be pinged. */
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
