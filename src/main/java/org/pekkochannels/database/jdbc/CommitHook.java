package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Cleanable;
import org.jspecify.annotations.Nullable;

/**
 * What depends on the transaction of a handle: it is written just before the commit, and takes effect right after it, before the callbacks
 * of {@code Handle.afterCommit}.
 *
 * <p>{@link HookedTransactions} report each step of a transaction here. With a {@code Jdbi} that does not have them, the dependents are
 * ordinary JDBI callbacks, which run in order with the others, and nothing is written before the commit. JDBI stops at the first callback
 * that throws, and the dependents must not depend on callbacks of other code. Confined to the handle's thread.
 */
public final class CommitHook {
    // The open transaction of each handle that something depends on.
    private static final Map<Handle, CommitHook> OPEN = new ConcurrentHashMap<>();

    private final List<Dependent> dependents = new ArrayList<>(2);
    // How much each dependent had at each savepoint.
    private final Map<String, List<Integer>> savepoints = new HashMap<>();
    // If the connection is lost, there is no rollback, but the handle is closed. Removed when the transaction ends,
    // because a handle may run any number of transactions.
    private final Cleanable close;
    private boolean committed;

    private CommitHook(Handle handle) {
        close = () -> discard(handle);
        handle.addCleanable(close);
    }

    /** Something that a transaction decides on, in parts, of which a savepoint may discard the last. No method throws, except {@link #publish}. */
    public interface Dependent {
        /**
         * The transaction is about to commit. May be called again if more was added since.
         *
         * @param connection the transaction's connection
         * @throws SQLException if the transaction must not commit; any other exception has the same effect
         */
        default void publish(Connection connection) throws SQLException {}

        /** Whether {@link #publish} would write something. */
        default boolean isPublishing() {
            return false;
        }

        /**
         * Publishes, and commits the transaction with it, if that saves a round trip; called instead of {@link #publish} for the last dependent.
         *
         * @return whether the transaction has committed
         * @throws LostCommitException if the connection was lost, so that the transaction may have committed
         */
        default boolean publishAndCommit(Connection connection) throws SQLException {
            publish(connection);
            return false;
        }

        /** The transaction has committed; called once. */
        void committed();

        /** The transaction has not committed; called once. */
        void discarded();

        /** The number of parts so far. */
        int size();

        /** Discards all parts but the first ones. */
        void cutBack(int size);
    }

    /**
     * Whether dependents of a handle's transaction can be published before its commit.
     *
     * @param jdbi the JDBI of the handle
     */
    public static boolean isInstalled(Jdbi jdbi) {
        return jdbi.getTransactionHandler() instanceof HookedTransactions;
    }

    /**
     * Adds a dependent to the handle's transaction.
     *
     * @param handle the handle
     * @param dependent is called when the transaction ends
     * @throws IllegalStateException if the handle has no transaction
     */
    public static void add(Handle handle, Dependent dependent) {
        if (isInstalled(handle.getJdbi())) {
            OPEN.computeIfAbsent(handle, CommitHook::new).dependents.add(dependent);
        } else {
            Once once = new Once(handle, dependent);
            handle.afterCommit(once::committed);
            handle.afterRollback(once::close);
            handle.addCleanable(once);
        }
    }

    /** Whether anything depends on the handle's transaction. */
    public static boolean isEmpty(Handle handle) {
        return !OPEN.containsKey(handle);
    }

    /**
     * Publishes what depends on the transaction, in the order in which it was added, and has not been published. The last one may commit the
     * transaction: see {@link #hasCommitted}.
     *
     * @param handle the handle
     * @param connection its connection
     * @throws SQLException if the transaction must not commit
     */
    public static void publish(Handle handle, Connection connection) throws SQLException {
        CommitHook open = OPEN.get(handle);
        if (open != null && !open.committed) {
            open.publish(connection);
        }
    }

    private void publish(Connection connection) throws SQLException {
        List<Dependent> publishing =
                dependents.stream().filter(Dependent::isPublishing).toList();
        for (int i = 0; i < publishing.size() - 1; i++) {
            publishing.get(i).publish(connection);
        }
        if (!publishing.isEmpty()) {
            committed = publishing.get(publishing.size() - 1).publishAndCommit(connection);
        }
    }

    /** Whether the handle's transaction was committed together with what depends on it; JDBI does not know of it yet. */
    public static boolean hasCommitted(Handle handle) {
        CommitHook open = OPEN.get(handle);
        return open != null && open.committed;
    }

    /** The transaction has committed. */
    static void committed(Handle handle) {
        take(handle).forEach(Dependent::committed);
    }

    /** The transaction has not committed, or it is unknown which part of it has. */
    public static void discard(Handle handle) {
        take(handle).forEach(Dependent::discarded);
    }

    private static List<Dependent> take(Handle handle) {
        CommitHook open = OPEN.remove(handle);
        if (open == null) {
            return List.of();
        }
        handle.removeCleanable(open.close);
        return open.dependents;
    }

    static void savepoint(Handle handle, String name) {
        CommitHook open = OPEN.get(handle);
        if (open != null) {
            open.savepoints.put(
                    name, open.dependents.stream().map(Dependent::size).toList());
        }
    }

    /** What was added after the savepoint is discarded; all of it if nothing had been added by then. */
    static void rollbackTo(Handle handle, String name) {
        CommitHook open = OPEN.get(handle);
        if (open != null) {
            List<Integer> sizes = open.savepoints.getOrDefault(name, List.of());
            for (int i = 0; i < open.dependents.size(); i++) {
                open.dependents.get(i).cutBack(i < sizes.size() ? sizes.get(i) : 0);
            }
        }
    }

    static void release(Handle handle, String name) {
        CommitHook open = OPEN.get(handle);
        if (open != null) {
            open.savepoints.remove(name);
        }
    }

    /** A dependent that JDBI's own callbacks report to, of which more than one may come. */
    private static final class Once implements Cleanable {
        private final Handle handle;
        private @Nullable Dependent waiting;

        Once(Handle handle, Dependent dependent) {
            this.handle = handle;
            this.waiting = dependent;
        }

        void committed() {
            Dependent ended = end();
            if (ended != null) {
                ended.committed();
            }
        }

        /** The transaction was rolled back, or its handle was closed: if the connection is lost, JDBI only does the latter. */
        @Override
        public void close() {
            Dependent ended = end();
            if (ended != null) {
                ended.discarded();
            }
        }

        private @Nullable Dependent end() {
            Dependent ended = waiting;
            waiting = null;
            handle.removeCleanable(this);
            return ended;
        }
    }
}
