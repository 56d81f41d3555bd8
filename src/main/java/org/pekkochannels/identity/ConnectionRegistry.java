package org.pekkochannels.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Lease;

/**
 * The connections of logged-in users, by user. Thread-safe.
 *
 * <p>The connections of a user are linked to each other, because most users have one or two, for which a set would need ten times the memory.
 */
final class ConnectionRegistry {
    // A user's newest connection. Links change only while the map's entry of their user is locked.
    private final ConcurrentMap<String, Connection> newest = new ConcurrentHashMap<>();

    /** A connection from {@link #add} until its lease has ended; as a task it removes itself. */
    static final class Connection implements Runnable {
        private final ConnectionRegistry registry;
        private final Lease lease;
        private final @Nullable String key;
        private @Nullable Connection newer;
        private @Nullable Connection older;

        private Connection(ConnectionRegistry registry, Lease lease, @Nullable String key) {
            this.registry = registry;
            this.lease = lease;
            this.key = key;
        }

        Lease lease() {
            return lease;
        }

        /** The key of the session, a secret; null if the connection was opened with a token. */
        @Nullable
        String key() {
            return key;
        }

        /** The lease has ended; called once. */
        @Override
        public void run() {
            registry.remove(this);
        }
    }

    /**
     * Adds a connection until its lease ends.
     *
     * @param key of its session; null if it was opened with a token
     */
    Connection add(Lease lease, @Nullable String key) {
        Connection added = new Connection(this, lease, key);
        newest.compute(lease.user(), (user, before) -> {
            added.older = before;
            if (before != null) {
                before.newer = added;
            }
            return added;
        });
        lease.onEnd(added);
        return added;
    }

    private void remove(Connection ended) {
        newest.computeIfPresent(ended.lease.user(), (user, first) -> {
            Connection newer = ended.newer;
            Connection older = ended.older;
            if (older != null) {
                older.newer = newer;
            }
            if (newer == null) {
                return older;
            }
            newer.older = older;
            return first;
        });
    }

    /** The connections of one user. */
    List<Connection> of(String user) {
        List<Connection> found = new ArrayList<>();
        newest.computeIfPresent(user, (same, first) -> {
            for (Connection next = first; next != null; next = next.older) {
                found.add(next);
            }
            return first;
        });
        return found;
    }

    /** The connections of all users; those that come or go meanwhile may be missing. */
    List<Connection> all() {
        List<Connection> all = new ArrayList<>();
        newest.keySet().forEach(user -> all.addAll(of(user)));
        return all;
    }
}
