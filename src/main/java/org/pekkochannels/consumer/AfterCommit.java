package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.CommitHook;
import org.pekkochannels.database.jdbc.HookedTransactions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Outgoing;
import org.pekkochannels.layer.TransactionalLayer;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/**
 * Sends messages and events when a transaction commits. All sends after a commit pass through this class.
 *
 * <p>When the commit has succeeded, the sends leave once, on the database thread, in the order of the calls. This happens before the
 * callbacks of {@code Handle.afterCommit}, unless the application opened the handle through a separate {@code Jdbi}. If the transaction is
 * rolled back, its commit fails, or its connection is lost before, nothing is sent. If the connection is lost during the commit, the
 * outcome is unknown and nothing is sent either. A roll-back to a savepoint discards what was sent after the savepoint. Consumers use
 * {@link Group#sendAfterCommit} and {@code sendAfterCommit}; if a blocking consumer's callback is one transaction, all its output passes
 * through here. Call it on the database thread, inside the transaction's callback.
 *
 * <p>With a {@link TransactionalLayer} in the transaction's database, the transaction itself writes the events for groups, as its last
 * statements: they are delivered if and only if it commits, also if the process ends right after the commit or the outcome is unknown here.
 * If they cannot be written, the transaction is rolled back and fails. Events leave after the commit, as with other layers, if the
 * transaction only reads, or belongs to another database. See {@link #install}.
 */
public final class AfterCommit {
    private static final SafeLog LOG = SafeLog.of(AfterCommit.class);

    private final LongAdder released = new LongAdder();
    private final LongAdder discarded = new LongAdder();

    private final LongAdder published = new LongAdder();
    private final LongAdder apart = new LongAdder();
    private final AtomicBoolean warned = new AtomicBoolean();

    private final ChannelLayer layer;
    private final Supplier<Jdbi> database;
    private final ConsumerCounters counts;
    private final int maxBytes;
    private final Set<Jdbi> installed = ConcurrentHashMap.newKeySet();
    // What waits for the commit of each handle's transaction. Only the handle's thread uses its entry.
    private final Map<Handle, Sends> open = new ConcurrentHashMap<>();
    // The approximate number of waiting bytes of each handle that has such events. Only the handle's thread uses its
    // entry.
    private final Map<Handle, Long> kept = new ConcurrentHashMap<>();

    /**
     * Starts without sends.
     *
     * @param layer carries the events of other code than consumers
     * @param database the JDBI of {@code channels.database}, called only if the layer may be in that database
     * @param counts counts rejected sends
     * @param maxBytes half of the bound of a transaction that does not belong to a consumer
     */
    AfterCommit(ChannelLayer layer, Supplier<Jdbi> database, ConsumerCounters counts, int maxBytes) {
        this.layer = layer;
        this.database = database;
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
     * Makes the transactions of an application's own {@code Jdbi} write their events themselves, as those of {@code channels.database} do.
     * The JDBI must lead to the same database as {@code channels.database}, which is not checked. Call it once, before the JDBI is used;
     * it wraps the JDBI's {@code TransactionHandler}. With a layer that is not transactional, its transactions keep to savepoints.
     *
     * @param jdbi a JDBI over a pool of the application
     */
    public void install(Jdbi jdbi) {
        requireNonNull(jdbi, "the JDBI of install(..) must not be null");
        if (installed.add(jdbi) && !CommitHook.isInstalled(jdbi)) {
            jdbi.setTransactionHandler(new HookedTransactions(jdbi.getTransactionHandler()));
        }
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
     * @throws EventTooLargeException if the transaction itself would write the event, and it is larger than the layer's bound
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
        requireNonNull(group, "the name of a group must not be null");
        groupSend(handle, new Effects.GroupSend(carrier, group, event, null));
    }

    /** Sends an event if the transaction commits, within the bound of a handle. */
    void groupSend(Handle handle, Effects.GroupSend send) {
        requireNonNull(handle, "the handle of groupSend(..) must not be null");
        requireTransaction(handle);
        defer(handle, send, keep(handle, Effects.Effect.OVERHEAD + (long) send.bytes()));
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
        sends(handle).add(new Deferred(null, message, forget));
    }

    /** Sends an event if the transaction commits, by the transaction itself where the layer can. Runs {@code free} when it has ended. */
    void defer(Handle handle, Effects.GroupSend send, Runnable free) {
        requireTransaction(handle);
        boolean within = isWrittenWithin(handle, send.layer());
        if (within && send.event().size() > layer.maxEvent()) {
            free.run();
            EventTooLargeException.require(send.event(), layer.maxEvent());
        }
        Runnable after = () -> {
            free.run();
            send.committed();
        };
        sends(handle).add(new Deferred(within ? send : null, after, free));
    }

    private boolean isWrittenWithin(Handle handle, ChannelLayer carrier) {
        if (carrier != layer || !(layer instanceof TransactionalLayer transactional)) {
            return false;
        }
        Jdbi jdbi = handle.getJdbi();
        if (transactional.sharesDatabase() && (installed.contains(jdbi) || jdbi == database.get())) {
            return true;
        }
        apart.increment();
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "events are sent after the commit of a transaction of another database than the channel layer's, so"
                            + " they are lost if the process ends in between; a JDBI of the application that leads to the layer's"
                            + " database needs AfterCommit.install(jdbi)");
        }
        return false;
    }

    private Sends sends(Handle handle) {
        Sends sends = open.get(handle);
        if (sends == null) {
            sends = new Sends(handle);
            CommitHook.add(handle, sends);
            open.put(handle, sends);
        }
        return sends;
    }

    /**
     * One send.
     *
     * @param event what the transaction itself writes, or null
     * @param message sends after the commit
     * @param forget frees what it holds, if it is not sent after the commit
     */
    private record Deferred(Effects.@Nullable GroupSend event, Runnable message, Runnable forget) {}

    /** The sends of one transaction, in the order of the calls. Confined to the handle's thread. */
    private final class Sends implements CommitHook.Dependent {
        private final Handle handle;
        private final List<Deferred> sends = new ArrayList<>(2);
        // How many have passed publish(..), which has written the events among them.
        private int passed;

        Sends(Handle handle) {
            this.handle = handle;
        }

        void add(Deferred deferred) {
            sends.add(deferred);
        }

        @Override
        public void publish(Connection connection) throws SQLException {
            List<Outgoing> events = unpublished();
            if (!events.isEmpty()) {
                ((TransactionalLayer) layer).publish(connection, events);
            }
            passed = sends.size();
        }

        @Override
        public boolean publishAndCommit(Connection connection) throws SQLException {
            List<Outgoing> events = unpublished();
            boolean committed = !events.isEmpty() && ((TransactionalLayer) layer).publishAndCommit(connection, events);
            passed = sends.size();
            return committed;
        }

        @Override
        public boolean isPublishing() {
            return passed < sends.size();
        }

        private List<Outgoing> unpublished() {
            return sends.subList(passed, sends.size()).stream()
                    .map(Deferred::event)
                    .filter(Objects::nonNull)
                    .map(Effects.GroupSend::outgoing)
                    .toList();
        }

        @Override
        public void committed() {
            open.remove(handle);
            if (isAnyPublished()) {
                wake();
            }
            for (int i = 0; i < sends.size(); i++) {
                release(sends.get(i), i < passed);
            }
        }

        private boolean isAnyPublished() {
            return sends.subList(0, passed).stream().anyMatch(send -> send.event() != null);
        }

        // Catches everything: a failure here would fail the stage of a transaction that is committed.
        private void wake() {
            try {
                ((TransactionalLayer) layer).published();
            } catch (Throwable e) { // of a layer; the nodes read the events later
                LOG.warn("the nodes were not woken for the events of a transaction", e);
            }
        }

        private void release(Deferred send, boolean hasPassed) {
            released.increment();
            try {
                if (hasPassed && send.event() != null) {
                    published.increment();
                    send.forget().run();
                } else {
                    send.message().run();
                }
            } catch (Throwable e) { // may be a failure of a layer
                LOG.warn("a send after a commit failed", e);
            }
        }

        /** The transaction was rolled back, or the handle was closed before the transaction ended. */
        @Override
        public void discarded() {
            open.remove(handle);
            cutBack(0);
        }

        @Override
        public int size() {
            return sends.size();
        }

        @Override
        public void cutBack(int size) {
            List<Deferred> cut = sends.subList(Math.min(size, sends.size()), sends.size());
            discarded.add(cut.size());
            cut.forEach(send -> send.forget().run());
            cut.clear();
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
        meters.counter(
                Measure.of(
                        "channels.consumer.aftercommit.published",
                        "events",
                        "Events for groups that their transaction itself has written."),
                published::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.aftercommit.apart",
                        "events",
                        "Events for groups on a transactional layer whose transaction was of another database."),
                apart::sum);
    }
}
