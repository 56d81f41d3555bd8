package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * The logins of a Django site (3.1 or later) that keeps its sessions in its database, with {@code django.contrib.sessions.backends.db} or
 * {@code cached_db}, as JSON. Configured by {@code channels.django}.
 *
 * <p>Only reads: the site logs users in and out. A session counts as Django counts it: it has not expired, one of the site's keys has signed
 * it, its user is active, and the user's password is still that of the login. All is read in one database call.
 * <pre>{@code
 * Channels.load()
 *         .through(
 *                 system -> DjangoSessions.of(system, new Accounts()).require(USER, Refusal.of(401, "log in first")),
 *                 members -> members.websocket("ws/chat/", ChatConsumer::new))
 *         .start();
 * }</pre>
 *
 *
 * <p>Thread-safe.
 *
 * @param <U> the class of the users
 */
public final class DjangoSessions<U> implements IdentitySource<U> {
    private static final SafeLog LOG = SafeLog.of(DjangoSessions.class);
    private static final LogPace UNREADABLE = LogPace.of(Duration.ofMinutes(1));
    // What Django makes has 32; the column has 40. Any other text needs no database call.
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]{8,40}");

    private final DjangoSettings settings;
    private final Database database;
    private final Users<U> users;
    private final Clock clock;
    private final ActorSystem system;
    private final Duration checkInterval;
    // Guarded by this.
    private @Nullable UserConnections<U> connections;

    private DjangoSessions(
            DjangoSettings settings, Database database, Users<U> users, Clock clock, ActorSystem system) {
        this.settings = settings;
        this.database = database;
        this.users = users;
        this.clock = clock;
        this.system = system;
        this.checkInterval = IdentitySettings.of(system.settings().config()).checkInterval();
    }

    /**
     * Sessions whose users the application reads, by the primary key of the site's user.
     *
     * @param system a typed or classic actor system
     * @param loader reads a user in the same call; its other methods are not used
     * @param <U> the class of the users
     * @return the sessions; fails with {@link com.typesafe.config.ConfigException} if a key of {@code channels.django} is missing or wrong
     */
    public static <U> DjangoSessions<U> of(ClassicActorSystemProvider system, UserLoader<U> loader) {
        return of(system, Users.of(loader));
    }

    /**
     * Sessions whose user is the primary key of the site's user, as a text.
     *
     * @param system a typed or classic actor system
     * @return the sessions; fails with {@link com.typesafe.config.ConfigException} if a key of {@code channels.django} is missing or wrong
     */
    public static DjangoSessions<String> ofUserIds(ClassicActorSystemProvider system) {
        return of(system, Users.IDS);
    }

    private static <U> DjangoSessions<U> of(ClassicActorSystemProvider system, Users<U> users) {
        requireNonNull(system, "the actor system of DjangoSessions must not be null");
        DjangoSettings settings =
                DjangoSettings.of(system.classicSystem().settings().config());
        return new DjangoSessions<>(
                settings,
                settings.database().in(system),
                users,
                TimeSource.of(system).clock(),
                system.classicSystem());
    }

    /**
     * Finds the user whom the site's cookie names. Two cookies of the name, or one that cannot be a key, are no session.
     *
     * @param scope the request
     * @return a stage of the user, which completes on any thread; empty if no user is logged in; fails as a call of {@link Database} does, and
     *     as the loader does
     */
    @Override
    public CompletionStage<Optional<U>> user(Scope scope) {
        return sessionKey(scope)
                .map(key -> database.withHandle(handle -> user(handle, key)))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private Optional<String> sessionKey(Scope scope) {
        return scope.cookie(settings.cookieName())
                .filter(key -> KEY.matcher(key).matches());
    }

    private Optional<U> user(Handle handle, String key) throws Exception {
        return login(handle, key).map(Login::user);
    }

    /** A session, and the user whom the application has read. */
    private record Login<U>(StoredSession session, U user) {}

    private Optional<Login<U>> login(Handle handle, String key) throws Exception {
        List<DjangoTables.Row> rows = settings.tables().rows(handle, List.of(key), clock.instant());
        Optional<DjangoSession> login = rows.stream().findFirst().flatMap(row -> read(row.data()));
        if (login.isEmpty() || !isValid(handle, login.get())) {
            return Optional.empty();
        }
        String id = login.get().userId();
        Instant expires = rows.get(0).expires();
        StoredSession session = new StoredSession(key, 1, Optional.of(id), clock.instant(), expires, SessionJson.EMPTY);
        return users.load(handle, id).map(user -> new Login<>(session, user));
    }

    /**
     * A middleware that passes on the connections of users who are logged in on the site, for {@code Channels.through}. Each gets a
     * {@link org.pekkochannels.protocol.Lease}: it closes with 4401 after the site's session has expired. The sessions of open WebSockets are
     * read again every {@code channels.session.check-interval}, 1000 per call of the database; those that the site has ended, by a logout
     * or a changed password, close then.
     *
     * @param key where consumers find the user in their scope
     * @param otherwise the answer to other clients, such as {@code Refusal.of(401, "log in first")}
     * @return the middleware; handshakes fail as {@link #user} does
     */
    public UnaryOperator<Application> require(Attribute<U> key, Refusal otherwise) {
        requireNonNull(key, "the key of DjangoSessions.require(..) must not be null");
        requireNonNull(otherwise, "the refusal of DjangoSessions.require(..) must not be null");
        return application -> scope -> connections()
                .handshake(begun -> sessionKey(scope)
                        .map(cookie -> database.withHandle(handle -> login(handle, cookie)))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()))
                        .thenCompose(found -> found.map(login -> begun.lease(login.session())
                                        .open(application, scope.withAttribute(key, login.user())))
                                .orElseGet(() -> CompletableFuture.completedFuture(otherwise))));
    }

    /** Created for the first handshake, when the channel layer has started. */
    private synchronized UserConnections<U> connections() {
        if (connections == null) {
            UserConnections<U> made = new UserConnections<>(this::valid, ChannelLayer.get(system), system);
            made.start(checkInterval);
            connections = made;
        }
        return connections;
    }

    /** Which sessions are still logins; a user with several is read once. */
    CompletionStage<Map<String, Instant>> valid(List<String> keys) {
        return database.withHandle(handle -> {
            Map<String, Instant> valid = new HashMap<>();
            Map<DjangoSession, Boolean> known = new HashMap<>();
            for (DjangoTables.Row row : settings.tables().rows(handle, keys, clock.instant())) {
                Optional<DjangoSession> login = read(row.data());
                if (login.isPresent() && isValid(handle, login.get(), known)) {
                    valid.put(row.key(), row.expires());
                }
            }
            return valid;
        });
    }

    private boolean isValid(Handle handle, DjangoSession login, Map<DjangoSession, Boolean> known) throws Exception {
        if (!known.containsKey(login)) {
            known.put(login, isValid(handle, login));
        }
        return known.getOrDefault(login, false);
    }

    private boolean isValid(Handle handle, DjangoSession login) throws Exception {
        return settings.tables()
                .account(handle, login.userId())
                .filter(DjangoTables.Account::active)
                .filter(account -> settings.passwords().isHex(account.password(), login.passwordHash()))
                .isPresent();
    }

    /** What the site has stored and cannot be read is a fault of the configuration, and not of the client. */
    private Optional<DjangoSession> read(String data) {
        try {
            return DjangoSession.read(data, settings.sessions());
        } catch (DjangoSession.UnreadableException e) {
            if (UNREADABLE.next() > 0) {
                LOG.warn(
                        "a session of the Django site cannot be read, and its user is not logged in here: {}; see the keys of"
                                + " channels.django (logged at most once a minute)",
                        e.getMessage());
            }
            return Optional.empty();
        }
    }
}
