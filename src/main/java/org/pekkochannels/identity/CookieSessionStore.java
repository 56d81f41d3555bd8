package org.pekkochannels.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.Database;

/**
 * Sessions that are in the cookie, signed but readable by the browser. They need no table. They cannot be deleted, and of two changes at the
 * same time the later one wins. Thread-safe.
 */
final class CookieSessionStore<U> implements SessionStore<U> {
    // Browsers ignore larger ones (RFC 6265bis, section 5.6).
    private static final int MOST_BYTES = 4096;
    private static final String ID = "u";
    private static final String FINGERPRINT = "f";
    private static final String CREATED = "c";
    private static final String EXPIRES = "e";
    private static final String DATA = "d";

    private final Optional<Database> database;
    private final CookieSignature signature;
    private final Users<U> users;
    private final IdentitySettings settings;
    private final Clock clock;

    /**
     * Creates the store.
     *
     * @param database where users are read; empty if they need none
     */
    CookieSessionStore(Optional<Database> database, Users<U> users, IdentitySettings settings, Clock clock) {
        this.database = database;
        this.signature = new CookieSignature(
                settings.keys(), "session cookie " + settings.cookie().name());
        this.users = users;
        this.settings = settings;
        this.clock = clock;
    }

    /** A session in a cookie that is genuine and has not expired. */
    private record Opened(StoredSession session, Optional<String> fingerprint, int key) {}

    @Override
    public CompletionStage<Found<U>> find(String cookie) {
        Optional<Opened> opened = open(cookie);
        if (opened.isEmpty()
                || opened.get().session().userId().isEmpty()
                || users.byId().isPresent()) {
            return CompletableFuture.completedFuture(
                    opened.map(this::withoutHandle).orElseGet(Found::nothing));
        }
        return database.orElseThrow().withHandle(handle -> withUser(handle, opened.get()));
    }

    private Found<U> withoutHandle(Opened opened) {
        Optional<U> user =
                opened.session().userId().map(id -> users.byId().orElseThrow().apply(id));
        return new Found<>(Optional.of(opened.session()), user);
    }

    @Override
    public Found<U> find(Handle handle, String cookie) throws Exception {
        Optional<Opened> opened = open(cookie);
        if (opened.isEmpty()) {
            return Found.nothing();
        }
        return opened.get().session().userId().isEmpty()
                ? new Found<>(opened.map(Opened::session), Optional.empty())
                : withUser(handle, opened.get());
    }

    private Found<U> withUser(Handle handle, Opened opened) throws Exception {
        String id = opened.session().userId().orElseThrow();
        Optional<U> user = users.load(handle, id)
                .filter(found ->
                        fingerprint(opened.key(), id, users.fingerprint(found)).equals(opened.fingerprint()));
        return user.isPresent() ? new Found<>(Optional.of(opened.session()), user) : Found.nothing();
    }

    private Optional<String> fingerprint(int key, String id, Optional<String> text) {
        return text.map(secret -> signature.fingerprint(key, id.length() + " " + id + " " + secret));
    }

    private Optional<Opened> open(String cookie) {
        return cookie.length() > MOST_BYTES
                ? Optional.empty()
                : signature.verify(cookie).flatMap(verified -> read(cookie, verified));
    }

    /** The content is ours, because the signature is, unless another release wrote it. */
    private Optional<Opened> read(String cookie, CookieSignature.Verified verified) {
        String json = new String(Base64.getUrlDecoder().decode(verified.text()), StandardCharsets.US_ASCII);
        return SessionJson.read(json)
                .filter(content -> content.path(DATA).isObject())
                .map(content -> new Opened(session(cookie, content), text(content, FINGERPRINT), verified.key()))
                .filter(opened -> opened.session().expires().isAfter(clock.instant()));
    }

    private static StoredSession session(String cookie, ObjectNode content) {
        return new StoredSession(
                cookie,
                1,
                text(content, ID),
                Instant.ofEpochSecond(content.path(CREATED).asLong()),
                Instant.ofEpochSecond(content.path(EXPIRES).asLong()),
                SessionJson.shared((ObjectNode) content.path(DATA)));
    }

    private static Optional<String> text(ObjectNode content, String name) {
        return Optional.of(content.path(name)).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }

    @Override
    public CompletionStage<Optional<StoredSession>> write(SessionChange change) {
        return CompletableFuture.completedFuture(written(change));
    }

    @Override
    public Optional<StoredSession> write(Handle handle, SessionChange change) {
        return written(change);
    }

    private Optional<StoredSession> written(SessionChange change) {
        if (change.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<StoredSession> same = change.before().filter(before -> change.kind() == SessionChange.Kind.UPDATE);
        Instant created = same.map(StoredSession::created).orElse(now);
        Instant expires = same.map(StoredSession::expires).orElseGet(() -> now.plus(settings.maxAge()));
        String value = signature.sign(encoded(change, created, expires));
        return Optional.of(new StoredSession(value, 1, change.userId(), created, expires, change.data()));
    }

    private String encoded(SessionChange change, Instant created, Instant expires) {
        ObjectNode content = SessionJson.object();
        change.userId().ifPresent(id -> {
            content.put(ID, id);
            fingerprint(0, id, change.fingerprint()).ifPresent(hash -> content.put(FINGERPRINT, hash));
        });
        content.put(CREATED, created.getEpochSecond()).put(EXPIRES, expires.getEpochSecond());
        content.set(DATA, change.data());
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(SessionJson.write(content).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void requireFits(SessionChange change) {
        Instant now = clock.instant();
        int bytes = settings.cookie().bytes(encoded(change, now, now).length() + CookieSignature.addedCharacters());
        if (bytes > MOST_BYTES) {
            throw new IllegalArgumentException("a cookie takes at most " + MOST_BYTES + " bytes, and the session would"
                    + " take " + bytes + "; keep larger values in a table, or set channels.session.store = database");
        }
    }

    @Override
    public boolean savesWithoutCookie() {
        return false;
    }

    @Override
    public CompletionStage<Done> createTable() {
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public CompletionStage<Boolean> deleteExpired() {
        return CompletableFuture.completedFuture(false);
    }

    /** A session in a cookie ends early only if the fingerprint of its user changes. */
    @Override
    public CompletionStage<Map<String, Instant>> valid(List<String> cookies) {
        return database.map(users -> users.withHandle(handle -> valid(handle, cookies)))
                .orElseGet(() -> CompletableFuture.completedFuture(unexpired(cookies)));
    }

    private Map<String, Instant> valid(Handle handle, List<String> cookies) throws Exception {
        Map<String, Instant> valid = new HashMap<>();
        for (String cookie : cookies) {
            find(handle, cookie).session().ifPresent(session -> valid.put(cookie, session.expires()));
        }
        return valid;
    }

    private Map<String, Instant> unexpired(List<String> cookies) {
        Map<String, Instant> valid = new HashMap<>();
        cookies.forEach(cookie -> open(cookie)
                .ifPresent(opened -> valid.put(cookie, opened.session().expires())));
        return valid;
    }

    @Override
    public CompletionStage<Done> endAll(String userId) {
        return database.map(users -> users.useHandle(handle -> requireFingerprint(handle, userId)))
                .orElseGet(() -> CompletableFuture.failedFuture(withoutFingerprint()));
    }

    /** The application has changed what the fingerprint is made of, or deleted the user. */
    private void requireFingerprint(Handle handle, String userId) throws Exception {
        Optional<U> user = users.load(handle, userId);
        if (user.isPresent() && users.fingerprint(user.get()).isEmpty()) {
            throw withoutFingerprint();
        }
    }

    private static IllegalStateException withoutFingerprint() {
        return new IllegalStateException(
                "a session in a cookie cannot be deleted, so closeAll(..) needs UserLoader.fingerprint(..):"
                        + " change the text that it returns, such as the hash of the password, and call closeAll(..) then; or set"
                        + " channels.session.store = database");
    }
}
