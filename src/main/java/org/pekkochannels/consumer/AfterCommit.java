package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Cleanable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.CommitHook;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/**
 * Sends messages and events when a transaction commits. All sends after a commit pass through this class.
 *
 * <p>When the commit has succeeded, the sends leave once, on the database thread, in the order of the calls. This happens before the
 * callbacks of {@code Handle.afterCommit}, unless the application opened the handle through a separate {@code Jdbi}. If the transaction is
 * rolled back, its commit fails, or its connection is lost before, nothing is sent. If the connection is lost during the commit, the
 * outcome is unknown and nothing is sent either. A roll-back to a savepoint discards nothing. Consumers use {@link Group#sendAfterCommit}
 * and {@code sendAfterCommit}; if a blocking consumer's callback is one transaction, all its output passes through here. Call it on the
 * database thread, inside the transaction's callback.
 */
public final class AfterCommit {
    private static final SafeLog LOG = SafeLog.of(AfterCommit.class);

    private final LongAdder released = new LongAdder();
    private final LongAdder discarded = new LongAdder();

    private final ChannelLayer layer;
    private final ConsumerCounters counts;
    private final int maxBytes;
    // The approximate number of waiting bytes of each handle that has such events. Only the handle's thread uses its
    // entry.
    private final Map<Handle, Long> kept = new ConcurrentHashMap<>();

    /**
     * Starts without sends.
     *
     * @param layer carries the events of other code than consumers
     * @param counts counts rejected sends
     * @param maxBytes half of the bound of a transaction that does not belong to a consumer
     */
    AfterCommit(ChannelLayer layer, ConsumerCounters counts, int maxBytes) {
        this.layer = layer;
        this.counts = counts;
        this.maxBytes = maxBytes;
    }

    /**
     * The instance of an actor system.
     *
     * @param system the system that the transaction's database belongs to
     * @return the same instance at every call
     */
    public static AfterCommit of(ActorSystem<?> system) {
        return ConsumerRuntime.get(system).afterCommit();
    }

    /**
     * Sends an event to every member of a group if the transaction commits.
     *
     * @param handle the transaction's handle
     * @param group the group's name
     * @param type the event's type
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the transaction
     * @throws IllegalStateException if the handle has no transaction
     * @throws TooMuchOutputException if events of more than twice {@code channels.websocket.max-outbound-bytes} already wait for the
     *     transaction's commit
     */
    public void groupSend(Handle handle, GroupName group, String type, Object payload) {
        groupSend(handle, layer, group, layer.event(type, payload));
    }

    /**
     * Sends an event to every member of a group if the transaction commits, like {@link #groupSend(Handle, GroupName, String, Object)}.
     *
     * @param handle the transaction's handle
     * @param group the group's name
     * @param type the event's type
     * @param payload a value that Jackson encodes as JSON during the call
     */
    public void groupSend(Handle handle, String group, String type, Object payload) {
        groupSend(handle, new GroupName(group), type, payload);
    }

    /**
     * Sends an event to every member of a group if the transaction commits, by any layer. Otherwise like
     * {@link #groupSend(Handle, GroupName, String, Object)}.
     *
     * @param handle the transaction's handle
     * @param carrier carries the event
     * @param group the group's name
     * @param event the event
     */
    public void groupSend(Handle handle, ChannelLayer carrier, GroupName group, Event event) {
        requireNonNull(handle, "the handle of groupSend(..) must not be null");
        requireNonNull(group, "the name of a group must not be null");
        requireTransaction(handle);
        Runnable free = keep(handle, Effects.Effect.OVERHEAD + (long) event.size());
        Effects.GroupSend send = new Effects.GroupSend(carrier, group, event, null);
        defer(
                handle,
                () -> {
                    free.run();
                    send.committed();
                },
                free);
    }

    private Runnable keep(Handle handle, long cost) {
        long before = kept.getOrDefault(handle, 0L);
        if (before > SyncRunner.MOST_TURNS * maxBytes) {
            counts.outputRefused();
            throw TooMuchOutputException.inTransaction(before, maxBytes);
        }
        kept.merge(handle, cost, Long::sum);
        return () -> kept.computeIfPresent(handle, (any, all) -> all > cost ? all - cost : null);
    }

    /** Counts sends that leave at the end of a blocking callback, made in a nested transaction that committed. */
    void left(int sends) {
        released.add(sends);
    }

    /** Counts sends that a blocking callback discarded, made in a nested transaction that did not commit. */
    void forgotten(int sends) {
        discarded.add(sends);
    }

    /** Fails with {@link IllegalStateException} if the handle has no transaction. */
    static void requireTransaction(Handle handle) {
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("sending after a commit requires a transaction, and this handle has none;"
                    + " use inTransaction instead of withHandle, or send at once");
        }
    }

    /**
     * Runs {@code message} if the transaction commits: it sends, or hands the sends to the consumer's turn. Otherwise runs {@code forget},
     * which must not throw.
     */
    void defer(Handle handle, Runnable message, Runnable forget) {
        requireTransaction(handle);
        Deferred deferred = new Deferred(handle, message, forget);
        CommitHook.run(handle, deferred::release);
        handle.afterRollback(deferred::close);
        // If the connection is lost, JDBI calls neither, but closes the handle.
        handle.addCleanable(deferred);
    }

    /**
     * One send, until its transaction has ended; confined to the handle's thread. The handle must not retain it longer, because a handle
     * may run any number of transactions.
     */
    private final class Deferred implements Cleanable {
        private final Handle handle;
        private final Runnable message;
        private final Runnable forget;
        private boolean ended;

        Deferred(Handle handle, Runnable message, Runnable forget) {
            this.handle = handle;
            this.message = message;
            this.forget = forget;
        }

        // Catches everything: a failure here would fail the stage of a transaction that is committed.
        void release() {
            end();
            released.increment();
            try {
                message.run();
            } catch (Throwable e) { // may be a failure of a layer
                LOG.warn("a send after a commit failed", e);
            }
        }

        /** The transaction was rolled back, or the handle was closed before the transaction ended. */
        @Override
        public void close() {
            if (!ended) {
                end();
                discarded.increment();
                forget.run();
            }
        }

        private void end() {
            ended = true;
            handle.removeCleanable(this);
        }
    }

    void showIn(Meters meters) {
        meters.counter(
                Measure.of("channels.consumer.aftercommit.released", "sends", "Sends that left after their commit."),
                released::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.aftercommit.discarded", "sends", "Sends whose transaction did not commit."),
                discarded::sum);
    }
}
