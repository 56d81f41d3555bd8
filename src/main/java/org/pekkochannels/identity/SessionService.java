package org.pekkochannels.identity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.SystemJson;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/** What {@link Sessions} needs in one actor system. Thread-safe. */
final class SessionService<U> {
    // Deep enough for any value; Jackson's own limit is for documents.
    private static final int MAX_DEPTH = 100;

    private final Sessions<U> sessions;
    private final Users<U> users;
    private final SessionCookie cookie;
    private final SessionStore<U> store;
    private final ObjectMapper values;
    private final Clock clock;
    private final Optional<TokenLogin<U>> tokens;
    private final Optional<Tickets<U>> tickets;
    private final ActorSystem system;
    private final Duration checkInterval;
    private volatile @Nullable UserConnections<U> connections;

    SessionService(
            Sessions<U> sessions,
            Users<U> users,
            Optional<TokenVerifier> verifier,
            boolean tickets,
            ActorSystem system) {
        Config config = system.settings().config();
        IdentitySettings settings = IdentitySettings.of(config);
        if (tickets) {
            settings.requireTickets(config);
        }
        this.sessions = sessions;
        this.system = system;
        this.checkInterval = settings.checkInterval();
        this.users = users;
        this.cookie = settings.cookie();
        cookie.warnIfPlain(Settings.isDevelopment(config));
        this.values = SystemJson.of(system).strict(MAX_DEPTH);
        this.clock = TimeSource.of(system).clock();
        this.store = switch (settings.store()) {
            case DATABASE -> new JdbiSessionStore<>(settings.database().in(system), users, settings, clock);
            case COOKIE ->
                new CookieSessionStore<>(
                        users.byId().isPresent()
                                ? Optional.empty()
                                : Optional.of(settings.database().in(system)),
                        users,
                        settings,
                        clock);
        };
        this.tokens = verifier.map(checked -> new TokenLogin<>(
                checked,
                users,
                users.byId().isPresent()
                        ? Optional.empty()
                        : Optional.of(settings.database().in(system)),
                clock));
        this.tickets = tickets
                ? Optional.of(new Tickets<>(store, settings.database().in(system), users, settings, clock))
                : Optional.empty();
        settings.cleanupInterval()
                .filter(interval -> settings.store() == IdentitySettings.Store.DATABASE)
                .ifPresent(interval -> new ExpiredSessions(store, this.tickets).deleteEvery(interval, system));
    }

    /** The token of a request; empty if tokens are not accepted, or the request has none. */
    Optional<BearerToken> token(Scope scope) {
        return tokens.isPresent() ? BearerToken.of(scope) : Optional.empty();
    }

    /** The session of a token's user, which is not stored. */
    WebSession<U> tokenSession(TokenLogin.Known<U> known) {
        return new WebSession<>(this, false, SessionStore.Found.nothing(), Optional.of(known));
    }

    WebSession<U> session(SessionStore.Found<U> found, boolean page) {
        return new WebSession<>(this, page, found, Optional.empty());
    }

    Optional<TokenLogin<U>> tokens() {
        return tokens;
    }

    /** The session that a request's cookie leads to. */
    CompletionStage<WebSession<U>> load(Scope scope, boolean page) {
        CompletionStage<SessionStore.Found<U>> found = cookie.read(scope)
                .map(store::find)
                .orElseGet(() -> CompletableFuture.completedFuture(SessionStore.Found.nothing()));
        return found.thenApply(kept -> session(kept, page));
    }

    /** Created for the first endpoint, because applications that have only pages need none. */
    UserConnections<U> connections() {
        UserConnections<U> made = connections;
        return made == null ? firstConnections() : made;
    }

    private synchronized UserConnections<U> firstConnections() {
        UserConnections<U> made = connections;
        if (made == null) {
            made = new UserConnections<>(store, ChannelLayer.get(system), system);
            made.start(checkInterval);
            connections = made;
        }
        return made;
    }

    /** Of the sessions, and of the tickets. */
    CompletionStage<Done> createTables() {
        return store.createTable()
                .thenCompose(done ->
                        tickets.map(Tickets::createTable).orElseGet(() -> CompletableFuture.completedFuture(done)));
    }

    /** Tickets end first, because they can begin a session. */
    CompletionStage<Done> endAll(String userId) {
        return tickets.map(known -> known.endAll(userId))
                .orElseGet(() -> CompletableFuture.completedFuture(Done.getInstance()))
                .thenCompose(done -> store.endAll(userId));
    }

    Tickets<U> ticketsInUse() {
        return tickets.orElseThrow(() -> new IllegalStateException(
                "these sessions have no tickets; define them with Sessions.of(..).withTickets()"));
    }

    /** Empty unless the application uses them. */
    Optional<Tickets<U>> tickets() {
        return tickets;
    }

    Sessions<U> sessions() {
        return sessions;
    }

    Users<U> users() {
        return users;
    }

    SessionCookie cookie() {
        return cookie;
    }

    SessionStore<U> store() {
        return store;
    }

    /** Reads and writes the application's values. */
    ObjectMapper values() {
        return values;
    }

    Clock clock() {
        return clock;
    }

    /** The same stage, whose observers see the failure itself, as they expect it. */
    static <T> CompletionStage<T> unwrapped(CompletionStage<T> stage) {
        CompletableFuture<T> plain = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                plain.complete(value);
            } else {
                plain.completeExceptionally(cause(failure));
            }
        });
        return plain;
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
