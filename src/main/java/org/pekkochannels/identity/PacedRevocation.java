package org.pekkochannels.identity;

import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Lease;

/**
 * Revokes leases a few at a time. The end of a connection is a turn of its consumer, and a thousand such turns at once would delay those of
 * all other connections. Thread-safe.
 */
record PacedRevocation(ActorSystem system) {
    private static final SafeLog LOG = SafeLog.of(PacedRevocation.class);
    private static final CloseReason OVER = new CloseReason(CloseCode.UNAUTHORIZED, "session ended");
    private static final int AT_ONCE = 20;
    // With the ticks of the timer, 10 to 20 ms pass.
    private static final Duration PAUSE = Duration.ofMillis(5);
    // However many there are, they are revoked within 50 pauses: one second.
    private static final int STEPS = 50;

    /** Revokes the first of them now. */
    void revoke(List<Lease> leases) {
        revoke(leases, Math.max(AT_ONCE, leases.size() / STEPS + 1));
    }

    private void revoke(List<Lease> leases, int step) {
        int now = Math.min(step, leases.size());
        leases.subList(0, now).forEach(lease -> lease.revoke(OVER));
        if (now < leases.size()) {
            later(leases.subList(now, leases.size()), step);
        }
    }

    private void later(List<Lease> rest, int step) {
        try {
            system.scheduler().scheduleOnce(PAUSE, () -> revoke(rest, step), system.dispatcher());
        } catch (Throwable stopped) {
            LOG.debug("channels.session: revoking {} connections at once, because the timer has stopped", rest.size());
            rest.forEach(lease -> lease.revoke(OVER));
        }
    }
}
