package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.layer.PresenceExchange;

/** The hub's part of presence: when the changes of this node are sent, and what is done with those of the others. Used by the hub only. */
final class HubPresence {
    private static final SafeLog LOG = SafeLog.of(HubPresence.class);
    private static final int LEAD = 20;

    private final PresenceExchange exchange;
    private final TimerScheduler<HubMessage> timers;
    private final Ticker ticker;
    private final long tick;
    private long sent;

    HubPresence(PresenceExchange exchange, TimerScheduler<HubMessage> timers, Ticker ticker) {
        this.exchange = exchange;
        this.timers = timers;
        this.ticker = ticker;
        this.tick = exchange.tick().toNanos();
        this.sent = ticker.read() - tick;
    }

    void begin(ActorRef<HubMessage> hub) {
        exchange.begin(() -> hub.tell(HubMessage.Entered.CHANGED));
    }

    PresenceExchange exchange() {
        return exchange;
    }

    /** The first change after a pause is sent soon, in a twentieth of a tick, with those that come together with it. */
    void changed() {
        long pause = Math.max(tick / LEAD, sent + tick - ticker.read());
        timers.startSingleTimer(new HubMessage.PresenceDue(), Duration.ofNanos(pause));
    }

    void addChanges(Collection<OtherNode> peers) {
        sent = ticker.read();
        List<byte[]> changes = exchange.changes();
        peers.forEach(peer -> peer.presence().add(changes));
    }

    void receive(OtherNode peer, byte[] part) {
        try {
            if (!exchange.receive(peer.node(), part)) {
                peer.presence().ask();
            }
        } catch (IllegalArgumentException e) { // its state would be malformed too, so it is not asked for
            LOG.error("channels.layer: a part of the presence of node {} cannot be read", peer.node(), e);
        }
    }

    void forget(OtherNode peer) {
        if (peer.isGreeted()) {
            exchange.drop(peer.node());
        }
    }
}
