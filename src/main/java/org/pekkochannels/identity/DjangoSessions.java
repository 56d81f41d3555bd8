package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.database.Database;
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
 *                 system -> Middleware.require(USER, DjangoSessions.of(system, new Accounts())::user, Refusal.of(401, "log in first")),
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

    private DjangoSessions(DjangoSettings settings, Database database, Users<U> users, Clock clock) {
        this.settings = settings;
        this.database = database;
        this.users = users;
        this.clock = clock;
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
                TimeSource.of(system).clock());
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
        return scope.cookie(settings.cookieName())
                .filter(key -> KEY.matcher(key).matches())
                .map(key -> database.withHandle(handle -> user(handle, key)))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private Optional<U> user(Handle handle, String key) throws Exception {
        Optional<DjangoSession> login =
                settings.tables().data(handle, key, clock.instant()).flatMap(this::read);
        return login.isPresent() && isValid(handle, login.get())
                ? users.load(handle, login.get().userId())
                : Optional.empty();
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
