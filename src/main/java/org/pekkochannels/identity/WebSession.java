package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The session of one browser, as it was when the page was requested or the WebSocket was opened: the user, and the application's values by
 * name. A browser without a cookie, with an expired one or with two of them has an empty session.
 *
 * <p>Changes are local until they are saved. A page's are saved before the head of its response leaves, unless its status is 500 or more.
 * Those of a WebSocket are saved by {@link #save}, as its response has left already. Values are JSON, like the payload of an event. A
 * session with neither user nor values is not stored.
 *
 * <p>Thread-safe.
 *
 * @param <U> the class of the users
 */
public final class WebSession<U> {
    private static final int MAX_NAME = 100;
    private static final CompletableFuture<Done> NEVER_SAVED = CompletableFuture.completedFuture(Done.getInstance());

    private final SessionService<U> service;
    private final boolean page;
    // Of a token, which no store knows.
    private final Optional<TokenLogin.Known<U>> bearer;
    // All guarded by this.
    private @Nullable StoredSession stored;
    private @Nullable U user;
    private Optional<String> userId;
    // Changed as a copy only; a session that has no values shares one object with all others.
    private ObjectNode data;
    private SessionChange.Kind changed = SessionChange.Kind.NONE;
    // What a save has failed with. A page that handles the failure is not saved again by itself.
    private SessionChange.Kind failed = SessionChange.Kind.NONE;
    private boolean loggedOut;
    private boolean headSent;
    private CompletableFuture<Done> saved = NEVER_SAVED;

    /**
     * What the browser needs to know at the end of a page.
     *
     * @param session empty if it has none
     */
    record Ending(Optional<StoredSession> session, boolean loggedOut) {}

    WebSession(
            SessionService<U> service,
            boolean page,
            SessionStore.Found<U> found,
            Optional<TokenLogin.Known<U>> bearer) {
        this.service = service;
        this.page = page;
        this.bearer = bearer;
        this.stored = found.session().orElse(null);
        this.user = found.user().or(this::bearer).orElse(null);
        this.userId = found.session().flatMap(StoredSession::userId);
        this.data = data(found.session());
    }

    private Optional<U> bearer() {
        return bearer.map(TokenLogin.Known::user);
    }

    private static ObjectNode data(Optional<StoredSession> session) {
        return session.map(StoredSession::data).orElse(SessionJson.EMPTY);
    }

    /**
     * The user who is logged in.
     *
     * @return the user, as of the last read or {@link #login}; empty if no user is logged in
     */
    public synchronized Optional<U> user() {
        return Optional.ofNullable(user);
    }

    /**
     * A value of the session.
     *
     * @param name its name
     * @param type its class
     * @param <T> its class
     * @return the value; empty if there is none
     * @throws IllegalArgumentException if the stored value does not match the class
     */
    public synchronized <T> Optional<T> get(String name, Class<T> type) {
        JsonNode value = data.get(requireNonNull(name, "the name of a session's value must not be null"));
        requireNonNull(type, "the class of a session's value must not be null");
        return value == null
                ? Optional.empty()
                : Optional.ofNullable(SessionJson.decoded(service.values(), name, value, type));
    }

    /**
     * The names of all values.
     *
     * @return a copy, sorted
     */
    public synchronized Set<String> names() {
        Set<String> names = new TreeSet<>();
        data.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * Adds or replaces a value.
     *
     * @param name 1 to 100 characters
     * @param value anything that Jackson can write; it is encoded now
     * @throws IllegalArgumentException if the name is too long, or the value cannot be written or is too large for the store
     * @throws IllegalStateException on a page whose head has left
     */
    public synchronized void put(String name, Object value) {
        requireNonNull(name, "the name of a session's value must not be null");
        requireNonNull(value, () -> "the session's value '" + name + "' must not be null; use remove(..)");
        requireOpen();
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "the name of a session's value must have 1 to " + MAX_NAME + " characters, had " + name.length());
        }
        ObjectNode more = data.deepCopy();
        more.set(name, SessionJson.encoded(service.values(), name, value));
        service.store().requireFits(change(SessionChange.Kind.UPDATE, userId, user(), more));
        data = more;
        changed = changed.atLeast(SessionChange.Kind.UPDATE);
    }

    /**
     * Removes a value, if there is one.
     *
     * @param name its name
     * @throws IllegalStateException on a page whose head has left
     */
    public synchronized void remove(String name) {
        requireNonNull(name, "the name of a session's value must not be null");
        requireOpen();
        if (data.has(name)) {
            ObjectNode fewer = data.deepCopy();
            fewer.remove(name);
            data = fewer;
            changed = changed.atLeast(SessionChange.Kind.UPDATE);
        }
    }

    /**
     * Logs a user in, on a page. The application has checked the password, or what it uses instead. The session gets a new key, so that one
     * that was planted in the browser before is worth nothing. Its values are kept, unless another user was logged in.
     *
     * @param known the user
     * @throws UnsupportedOperationException on a WebSocket, which cannot give the browser the new key, and in a request with a token
     * @throws IllegalStateException on a page whose head has left
     */
    public synchronized void login(U known) {
        requireOpen();
        if (!page) {
            throw new UnsupportedOperationException(
                    "a WebSocket or a request with a token cannot set a cookie, so the browser would not learn the session's"
                            + " new key; log in on a page, without a token, or on a WebSocket with loginTicket(..)");
        }
        String id = service.users().id(known);
        boolean another = userId.filter(before -> !before.equals(id)).isPresent();
        ObjectNode kept = another ? SessionJson.EMPTY : data;
        service.store().requireFits(change(SessionChange.Kind.CYCLE, Optional.of(id), Optional.of(known), kept));
        user = known;
        userId = Optional.of(id);
        data = kept;
        changed = changed.atLeast(SessionChange.Kind.CYCLE);
    }

    /**
     * Begins a login on a WebSocket, which cannot set a cookie. The application has checked the password, or what it uses instead. It sends
     * the ticket to the page, which sends it to {@link Sessions#redeemTicket}. The ticket is valid once, for a short time, and only in the
     * browser's session of now. This WebSocket stays as it is; the page opens another one afterwards.
     *
     * <p>A consumer continues on its turn with {@code onTurn(session.loginTicket(user))}.
     *
     * @param known the user
     * @return a stage of the ticket, a secret; fails with {@link IllegalStateException} without {@link Sessions#withTickets} and in a
     *     request with a token, and as a call of {@link org.pekkochannels.database.Database} does
     */
    public CompletionStage<String> loginTicket(U known) {
        String id = service.users().id(known);
        return SessionService.unwrapped(tickets().login(stored(), id));
    }

    /**
     * As {@link #loginTicket(Object)}, on the caller's handle and in its transaction.
     *
     * @param handle the handle
     * @param known the user
     * @return the ticket, a secret
     * @throws IllegalStateException without {@link Sessions#withTickets}, and in a request with a token
     */
    public String loginTicket(Handle handle, U known) {
        requireNonNull(handle, "the handle of loginTicket(..) must not be null");
        return tickets().login(handle, stored(), service.users().id(known));
    }

    private Tickets<U> tickets() {
        if (bearer.isPresent()) {
            throw new IllegalStateException("a client with a token is logged in by the token, not by a ticket");
        }
        return service.ticketsInUse();
    }

    /** The session that a ticket is for. */
    private synchronized Optional<StoredSession> stored() {
        return Optional.ofNullable(stored);
    }

    /** The user whom a ticket logs in here. */
    CompletionStage<Optional<U>> redeemed(String ticket) {
        return bearer.isPresent() || !page
                ? CompletableFuture.completedFuture(Optional.empty())
                : SessionService.unwrapped(service.ticketsInUse().redeemLogin(ticket, stored()));
    }

    /**
     * A ticket with which a client opens one WebSocket, as {@code wss://..?ticket=..}, for clients that can send neither the cookie nor a
     * token with it. The WebSocket has this session, or the user of this token, and ends with it.
     *
     * @return a stage of the ticket, a secret; fails with {@link IllegalStateException} without {@link Sessions#withTickets}, if no user is
     *     logged in, or if the login has not been saved, and as a call of {@link org.pekkochannels.database.Database} does
     */
    public synchronized CompletionStage<String> webSocketTicket() {
        Tickets<U> tickets = service.ticketsInUse();
        if (bearer.isPresent()) {
            return SessionService.unwrapped(tickets.webSocket(bearer.get().grant()));
        }
        StoredSession session = stored().filter(
                        known -> known.userId().isPresent() && known.userId().equals(userId))
                .orElseThrow(() -> new IllegalStateException("a ticket for a WebSocket needs a user: log in first, and"
                        + " call save() if that is done in the same request"));
        return SessionService.unwrapped(tickets.webSocket(session));
    }

    /**
     * Logs the user out: ends this session, with all its values. Values that are added afterwards begin a new one. With
     * {@code channels.session.store = cookie} the browser forgets the session, but a copy of the cookie stays valid.
     *
     * @throws IllegalStateException on a page whose head has left
     */
    public synchronized void logout() {
        requireOpen();
        user = null;
        userId = Optional.empty();
        data = SessionJson.EMPTY;
        changed = SessionChange.Kind.REPLACE;
        loggedOut = true;
    }

    /**
     * Saves what was changed. A page does this by itself; it calls this method to handle a conflict.
     *
     * <p>A consumer continues on its turn with {@code onTurn(session.save())}; a blocking one uses {@link #save(Handle)}.
     *
     * @return completes when the session is stored. Fails with {@link SessionConflictException} if it was changed or deleted elsewhere, and
     *     with {@link IllegalStateException} on a WebSocket whose browser has no session, or whose sessions are in cookies
     */
    public synchronized CompletionStage<Done> save() {
        requireOpen();
        // One at a time, so that the second one writes on the version of the first.
        saved = saved.handle((done, failure) -> Done.getInstance()).thenCompose(before -> write());
        return SessionService.unwrapped(saved);
    }

    private CompletionStage<Done> write() {
        SessionChange change = begin();
        if (change.kind() == SessionChange.Kind.NONE) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        return service.store()
                .write(change)
                .whenComplete((after, failure) -> end(change, after, failure))
                .thenApply(after -> announced(change));
    }

    /** The WebSockets of a session that a page has ended close. One that a socket ends is that socket's own matter. */
    private Done announced(SessionChange change) {
        if (page && change.endsSession()) {
            change.before().flatMap(StoredSession::userId).ifPresent(service.connections()::announce);
        }
        return Done.getInstance();
    }

    /**
     * Saves what was changed, on the caller's handle and in its transaction. If that is rolled back, call {@link #refresh(Handle)} before
     * the next save; without it that fails with {@link SessionConflictException}.
     *
     * @param handle the handle
     * @throws SessionConflictException if the session was changed or deleted elsewhere
     * @throws IllegalStateException as {@link #save()} fails
     */
    public synchronized void save(Handle handle) {
        requireNonNull(handle, "the handle of save(..) must not be null");
        requireOpen();
        SessionChange change = begin();
        try {
            end(change, service.store().write(handle, change), null);
        } catch (RuntimeException | Error failure) {
            end(change, stored(), failure);
            throw failure;
        }
    }

    private synchronized SessionChange begin() {
        SessionChange change = change(changed.atLeast(failed), userId, user(), data);
        if (!page && change.kind() != SessionChange.Kind.NONE && needsCookie(change)) {
            throw new IllegalStateException("a WebSocket cannot set a cookie, so it can only change a session of"
                    + " channels.session.store = database that a page has begun; begin it on a page. A request with a"
                    + " token has no session that could be saved");
        }
        changed = SessionChange.Kind.NONE;
        failed = SessionChange.Kind.NONE;
        return change;
    }

    private boolean needsCookie(SessionChange change) {
        boolean begins = stored == null || change.kind() == SessionChange.Kind.REPLACE;
        return !service.store().savesWithoutCookie() || (begins && !change.isEmpty());
    }

    private SessionChange change(SessionChange.Kind kind, Optional<String> id, Optional<U> who, ObjectNode values) {
        return new SessionChange(kind, stored(), id, who.flatMap(service.users()::fingerprint), values);
    }

    private synchronized void end(SessionChange change, Optional<StoredSession> after, @Nullable Throwable failure) {
        if (failure == null) {
            stored = after.orElse(null);
        } else {
            failed = change.kind();
        }
    }

    /**
     * Reads the session again and discards what was changed, to repeat it after a conflict, or to see a logout elsewhere.
     *
     * @return completes when session and user are those of now; a session that was deleted or has expired is then empty
     */
    public CompletionStage<Done> refresh() {
        Optional<String> key;
        synchronized (this) {
            requireOpen();
            key = stored().map(StoredSession::key);
        }
        CompletionStage<SessionStore.Found<U>> found = key.map(service.store()::find)
                .orElseGet(() -> CompletableFuture.completedFuture(SessionStore.Found.nothing()));
        return SessionService.unwrapped(found.thenApply(this::replaceWith));
    }

    /**
     * As {@link #refresh()}, on the caller's handle.
     *
     * @param handle the handle
     * @throws Exception of {@link UserLoader#load}
     */
    public synchronized void refresh(Handle handle) throws Exception {
        requireNonNull(handle, "the handle of refresh(..) must not be null");
        requireOpen();
        replaceWith(
                stored == null ? SessionStore.Found.nothing() : service.store().find(handle, stored.key()));
    }

    private synchronized Done replaceWith(SessionStore.Found<U> found) {
        stored = found.session().orElse(null);
        user = found.user().or(this::bearer).orElse(null);
        userId = found.session().flatMap(StoredSession::userId);
        data = data(found.session());
        changed = SessionChange.Kind.NONE;
        failed = SessionChange.Kind.NONE;
        return Done.getInstance();
    }

    /** Whether a page must save before its response begins. */
    synchronized boolean isUnsaved() {
        return changed != SessionChange.Kind.NONE || !saved.isDone();
    }

    /** No change is possible from now on. */
    synchronized Ending seal() {
        headSent = true;
        return new Ending(stored(), loggedOut);
    }

    /** The session of a logged-in user. */
    synchronized Optional<StoredSession> login() {
        return user == null ? Optional.empty() : stored();
    }

    boolean belongsTo(Sessions<?> sessions) {
        return service.sessions() == sessions;
    }

    private void requireOpen() {
        if (headSent) {
            throw new IllegalStateException("the session cannot be used any more, because the head of the page's"
                    + " response has left; change it before the route completes");
        }
    }

    /** Whether a user is logged in, without saying who. */
    @Override
    public synchronized String toString() {
        return "WebSession[" + (user == null ? "anonymous" : "logged in") + "]";
    }
}
