package org.pekkochannels.consumer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Cleanable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.CommitHook;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.metrics.Measure;
import org.pekkochannels.metrics.Meters;

/**
 * What is said inside a transaction and heard only if it commits: the one place through which all of it passes.
 *
 * <p>It leaves when the commit has succeeded, on the database thread, in the order in which it was said, once; before the
 * callbacks of {@code Handle.afterCommit}, unless the application opened the handle by a {@code Jdbi} of its own. Of a
 * transaction that is rolled back, whose commit fails, or whose connection is lost before, nothing leaves; nor does it where
 * the connection is lost during the commit, whose outcome then nobody knows. A roll-back to a savepoint takes nothing back.
 * Consumers say it with {@link Group#sendAfterCommit} and {@code sendAfterCommit}; of a blocking consumer's callback that is
 * one transaction, all that it says passes here. Used on the database thread, inside the transaction's callback.
 */
public final class AfterCommit {
    private static final SafeLog LOG = SafeLog.of(AfterCommit.class);

    private final LongAdder released = new LongAdder();
    private final LongAdder discarded = new LongAdder();

    private final ConsumerCounters counts;
    private final int maxBytes;
    // Of each handle that has such events, how many bytes wait, about; each entry is its thread's.
    private final Map<Handle, Long> kept = new ConcurrentHashMap<>();

    /**
     * Nothing waits.
     *
     * @param counts is told of what is refused
     * @param maxBytes half of the bound of one transaction that is no consumer's
     */
    AfterCommit(ConsumerCounters counts, int maxBytes) {
        this.counts = counts;
        this.maxBytes = maxBytes;
    }

    /**
     * That of an actor system.
     *
     * @param system the system that the transaction's database belongs to
     * @return the same at every call
     */
    public static AfterCommit of(ActorSystem<?> system) {
        return ConsumerRuntime.get(system).afterCommit();
    }

    /**
     * Sends an event to every member of a group if the transaction commits.
     *
     * @param handle the transaction's
     * @param layer carries the event
     * @param group the group's name
     * @param event the event
     * @throws IllegalStateException when the handle has no transaction
     * @throws TooMuchOutputException when events of more than twice {@code channels.websocket.max-outbound-bytes} wait for the
     *     transaction's commit already
     */
    public void groupSend(Handle handle, ChannelLayer layer, GroupName group, Event event) {
        requireTransaction(handle);
        Runnable free = keep(handle, Effects.Effect.OVERHEAD + (long) event.size());
        defer(
                handle,
                () -> {
                    free.run();
                    send(layer, group, event);
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

    /** Counts what leaves in its place at a blocking callback's end, said in a transaction of its own that committed. */
    void left(int sends) {
        released.add(sends);
    }

    /** Counts what a blocking callback has forgotten, said in a transaction of its own that did not commit. */
    void forgotten(int sends) {
        discarded.add(sends);
    }

    /** Fails with {@link IllegalStateException} when the handle has no transaction. */
    static void requireTransaction(Handle handle) {
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("this handle has no transaction after whose commit something could be sent;"
                    + " use inTransaction instead of withHandle, or send at once");
        }
    }

    /**
     * Runs what says something, or hands over what is said on the consumer's turn, if the transaction commits; if it does not, runs
     * {@code forget}, which must not throw.
     */
    void defer(Handle handle, Runnable message, Runnable forget) {
        requireTransaction(handle);
        Deferred deferred = new Deferred(handle, message, forget);
        CommitHook.run(handle, deferred::release);
        handle.afterRollback(deferred::close);
        // A transaction that is lost with its connection calls neither, but its handle is closed.
        handle.addCleanable(deferred);
    }

    /**
     * One send until its transaction has ended; confined to the thread of its handle. The handle keeps it no longer: it may run
     * any number of transactions.
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

        // A failure here would fail the stage of a transaction that is committed.
        void release() {
            end();
            released.increment();
            try {
                message.run();
            } catch (Throwable e) { // a layer's failure, for example
                LOG.warn("what was to be sent after a commit could not be sent", e);
            }
        }

        /** The transaction was rolled back, or the handle is closed before it has ended. */
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

    static void send(ChannelLayer layer, GroupName group, Event event) {
        layer.groupSend(group.value(), event).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("an event of type '{}' could not be sent to group '{}'", event.type(), group.value(), failure);
            }
        });
    }
}
