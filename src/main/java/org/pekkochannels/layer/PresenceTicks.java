package org.pekkochannels.layer;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;

/**
 * The ticks of a node's presence: one task while something is to be sent, or a grace has not ended, and none otherwise. Thread-safe.
 *
 * <p>Two ticks have at least {@code channels.layer.presence.tick} between them. After a longer pause the first one comes at once, that is
 * after a twentieth of it, in which changes that come together are collected.
 */
final class PresenceTicks {
    private static final SafeLog LOG = SafeLog.of(PresenceTicks.class);
    private static final int LEAD = 20;

    private final LocalPresence presence;
    private final Ticker ticker;
    private final Scheduling scheduling;
    private final long period;
    // The rest is guarded by this.
    private final Set<PresenceGroup> due = new LinkedHashSet<>();
    private boolean scheduled;
    private long last;

    PresenceTicks(LocalPresence presence, Ticker ticker, PresenceSettings settings, Scheduling scheduling) {
        this.presence = presence;
        this.ticker = ticker;
        this.scheduling = scheduling;
        this.period = settings.tick().toNanos();
        this.last = ticker.read() - period;
    }

    /** Runs a task once, after a time. */
    @FunctionalInterface
    interface Scheduling {
        /** Throws {@link IllegalStateException} if it has ended. */
        void once(Duration delay, Runnable task);

        /** That of the JVM, where no actor system exists. */
        static Scheduling ofJvm() {
            return (delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(task);
        }

        /** That of an actor system. */
        static Scheduling of(ActorSystem system) {
            return (delay, task) -> system.scheduler().scheduleOnce(delay, task, system.dispatcher());
        }
    }

    /** A group has something for the next tick. */
    synchronized void due(PresenceGroup group) {
        due.add(group);
        scheduleIfDue();
    }

    synchronized boolean isIdle() {
        return !scheduled;
    }

    private void scheduleIfDue() {
        if (scheduled || due.isEmpty()) {
            return;
        }
        long pause = Math.max(period / LEAD, last + period - ticker.read());
        try {
            scheduled = true;
            scheduling.once(Duration.ofNanos(pause), this::run);
        } catch (IllegalStateException stopped) { // the actor system has terminated, and with it all channels
            LOG.debug("presence ends with its actor system");
        }
    }

    /** Runs one tick; only the scheduled task calls it. */
    private void run() {
        try {
            long now = ticker.read();
            begin(now).forEach(group -> attempt(group, now));
        } finally {
            finish();
        }
    }

    private synchronized List<PresenceGroup> begin(long now) {
        last = now;
        List<PresenceGroup> groups = List.copyOf(due);
        due.clear();
        return groups;
    }

    private synchronized void finish() {
        scheduled = false;
        scheduleIfDue();
    }

    private void attempt(PresenceGroup group, long now) {
        try {
            presence.tick(group, now).run();
        } catch (Throwable e) { // even a fatal error must not end the presence of the other groups
            LOG.error("the presence of group '{}' could not be sent; its members get the state again", group.name(), e);
            presence.failed(group);
        } finally {
            presence.ticked(group);
        }
    }
}
