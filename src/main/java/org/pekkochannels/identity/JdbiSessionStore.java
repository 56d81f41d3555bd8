package org.pekkochannels.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.Database;

/**
 * Sessions in a table. A cookie contains a random key, the table its SHA-256. Thread-safe.
 *
 * <p>One statement decides each conflict, so no lock is held between reading a session and writing it.
 */
final class JdbiSessionStore<U> implements SessionStore<U> {
    // The time of last use is exact to a minute, so that most reads write nothing.
    private static final Duration TOUCH = Duration.ofMinutes(1);
    private static final int MOST_DELETED = 1000;

    private final Database database;
    private final SessionTable table;
    private final Users<U> users;
    private final IdentitySettings settings;
    private final Clock clock;

    JdbiSessionStore(Database database, Users<U> users, IdentitySettings settings, Clock clock) {
        this.database = database;
        this.table = new SessionTable(settings.table());
        this.users = users;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Found<U>> find(String key) {
        return RandomKey.matches(key)
                ? database.withHandle(handle -> find(handle, key))
                : CompletableFuture.completedFuture(Found.nothing());
    }

    @Override
    public Found<U> find(Handle handle, String key) throws Exception {
        Instant now = clock.instant();
        Optional<SessionTable.Row> row = table.find(handle, key, now);
        if (row.isEmpty()) {
            return Found.nothing();
        }
        touch(handle, key, row.get(), now);
        Optional<String> id = row.get().userId();
        Optional<U> user = id.isEmpty() ? Optional.empty() : users.load(handle, id.get());
        return id.isPresent() && user.isEmpty()
                ? Found.nothing()
                : new Found<>(Optional.of(session(key, row.get())), user);
    }

    private static StoredSession session(String key, SessionTable.Row row) {
        return new StoredSession(key, row.version(), row.userId(), row.created(), row.expires(), row.data());
    }

    private void touch(Handle handle, String key, SessionTable.Row row, Instant now) {
        Instant due = now.minus(TOUCH);
        if (!row.seen().isAfter(due)) {
            Instant expires = settings.idleTimeout().isPresent() ? expiry(row.created(), now) : row.expires();
            table.touch(handle, key, due, now, expires);
        }
    }

    private Instant expiry(Instant created, Instant now) {
        Instant oldest = created.plus(settings.maxAge());
        return settings.idleTimeout()
                .map(now::plus)
                .filter(idle -> idle.isBefore(oldest))
                .orElse(oldest);
    }

    @Override
    public CompletionStage<Optional<StoredSession>> write(SessionChange change) {
        return database.inTransaction(handle -> write(handle, change));
    }

    @Override
    public Optional<StoredSession> write(Handle handle, SessionChange change) {
        Instant now = clock.instant();
        return switch (change.kind()) {
            case NONE -> change.before();
            case UPDATE -> change.before().isPresent() ? update(handle, change, now) : insert(handle, change, now);
            case CYCLE -> {
                change.before().ifPresent(before -> requireDeleted(handle, before, now));
                yield insert(handle, change, now);
            }
            case REPLACE -> {
                change.before().ifPresent(before -> table.delete(handle, before.key()));
                yield insert(handle, change, now);
            }
        };
    }

    private void requireDeleted(Handle handle, StoredSession before, Instant now) {
        if (!table.delete(handle, before.key(), before.version(), now)) {
            throw new SessionConflictException();
        }
    }

    private Optional<StoredSession> update(Handle handle, SessionChange change, Instant now) {
        StoredSession before = change.before().orElseThrow();
        StoredSession after = new StoredSession(
                before.key(),
                before.version() + 1,
                before.userId(),
                before.created(),
                expiry(before.created(), now),
                change.data());
        if (!table.update(handle, after, now)) {
            throw new SessionConflictException();
        }
        return Optional.of(after);
    }

    /** A visitor without any value needs no session. */
    private Optional<StoredSession> insert(Handle handle, SessionChange change, Instant now) {
        if (change.isEmpty()) {
            return Optional.empty();
        }
        StoredSession session =
                new StoredSession(RandomKey.next(), 1, change.userId(), now, expiry(now, now), change.data());
        table.insert(handle, session, now);
        return Optional.of(session);
    }

    @Override
    public void requireFits(SessionChange change) {
        int bytes = SessionJson.write(change.data()).length();
        if (bytes > settings.maxBytes()) {
            throw new IllegalArgumentException("the values of a session take at most " + settings.maxBytes()
                    + " bytes of JSON (channels.session.max-bytes), and would take " + bytes
                    + "; keep large values in a table of the application");
        }
    }

    @Override
    public boolean savesWithoutCookie() {
        return true;
    }

    @Override
    public CompletionStage<Done> createTable() {
        return database.useHandle(table::create);
    }

    @Override
    public CompletionStage<Boolean> deleteExpired() {
        return database.inTransaction(
                handle -> table.deleteExpired(handle, clock.instant(), MOST_DELETED) == MOST_DELETED);
    }

    @Override
    public CompletionStage<Map<String, Instant>> valid(List<String> keys) {
        return database.withHandle(handle -> table.valid(handle, keys, clock.instant()));
    }

    @Override
    public CompletionStage<Done> endAll(String userId) {
        return database.useHandle(handle -> table.deleteAll(handle, userId));
    }
}
