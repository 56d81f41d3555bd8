package org.pekkochannels.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;

/** A store over another one, for faults. */
abstract class ForwardingStore<U> implements SessionStore<U> {
    private final SessionStore<U> inner;

    ForwardingStore(SessionStore<U> inner) {
        this.inner = inner;
    }

    @Override
    public CompletionStage<Found<U>> find(String key) {
        return inner.find(key);
    }

    @Override
    public Found<U> find(Handle handle, String key) throws Exception {
        return inner.find(handle, key);
    }

    @Override
    public CompletionStage<Optional<StoredSession>> write(SessionChange change) {
        return inner.write(change);
    }

    @Override
    public Optional<StoredSession> write(Handle handle, SessionChange change) {
        return inner.write(handle, change);
    }

    @Override
    public void requireFits(SessionChange change) {
        inner.requireFits(change);
    }

    @Override
    public boolean savesWithoutCookie() {
        return inner.savesWithoutCookie();
    }

    @Override
    public CompletionStage<Done> createTable() {
        return inner.createTable();
    }

    @Override
    public CompletionStage<Boolean> deleteExpired() {
        return inner.deleteExpired();
    }

    @Override
    public CompletionStage<Map<String, Instant>> valid(List<String> keys) {
        return inner.valid(keys);
    }

    @Override
    public CompletionStage<Done> endAll(String userId) {
        return inner.endAll(userId);
    }
}
