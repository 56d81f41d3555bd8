package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Scope;

/**
 * The sessions of an application's browsers, and their users, for WebSockets and pages. Configured by {@code channels.session}.
 *
 * <p>Define them once, as a constant. What they need in an actor system is created at first use.
 * <pre>{@code
 * static final Sessions<Account> SESSIONS = Sessions.of(new Accounts());
 *
 * Channels.load()
 *         .beforeStart(SESSIONS::createTable)
 *         .through(SESSIONS::middleware, inside -> inside.websocket("ws/chat/", ChatConsumer::new))
 *         .http(system -> SESSIONS.session(system, session -> pages(session)))
 *         .start();
 * }</pre>
 *
 *
 * <p>Thread-safe.
 *
 * @param <U> the class of the users
 */
public final class Sessions<U> {
    @SuppressWarnings("rawtypes") // a class has no type arguments; session(..) checks whose it is
    static final Attribute<WebSession> SESSION = new Attribute<>("session", WebSession.class);

    private final Users<U> users;
    private final Optional<TokenVerifier> verifier;
    private final boolean tickets;

    private Sessions(Users<U> users, Optional<TokenVerifier> verifier, boolean tickets) {
        this.users = users;
        this.verifier = verifier;
        this.tickets = tickets;
    }

    /**
     * Sessions whose users are read from the database.
     *
     * @param loader reads a user by the id that the session keeps
     * @param <U> the class of the users
     * @return the sessions
     */
    public static <U> Sessions<U> of(UserLoader<U> loader) {
        return new Sessions<>(Users.of(loader), Optional.empty(), false);
    }

    /**
     * Sessions whose user is the id of {@link WebSession#login} itself, for applications that need no more.
     *
     * @return the sessions
     */
    public static Sessions<String> ofUserIds() {
        return new Sessions<>(Users.IDS, Optional.empty(), false);
    }

    /**
     * Sessions that also accept tokens, of clients that have no cookie. A request with a token is that of the token's user, and its cookie is
     * not read. It has a session without values, which cannot be saved. A token that is not valid is answered 401.
     *
     * <p>A client sends the token as {@code Authorization: Bearer ..}. A browser cannot add that header to a WebSocket, and offers
     * subprotocols instead: {@code new WebSocket(url, ["channels", "channels.bearer." + token])}. The consumer does not see the second one,
     * and accepts the first one unless it names another. A token that has other characters than letters, digits and {@code -_.~} must be
     * encoded, for example as base64url. Tokens are never read from the query, which proxies log.
     *
     * <p>The connection gets a {@link org.pekkochannels.protocol.Lease} that ends with the token. The client renews it with another token of
     * the same user.
     *
     * @param tokens checks tokens
     * @return other sessions; use them for middleware and pages instead of these
     */
    public Sessions<U> withTokens(TokenVerifier tokens) {
        return new Sessions<>(
                users, Optional.of(requireNonNull(tokens, "the verifier of withTokens(..) must not be null")), tickets);
    }

    /**
     * Sessions that also have one-time tickets, for what a cookie cannot do. A ticket is valid for
     * {@code channels.session.ticket-max-age}, and once.
     * <ul>
     * <li>{@link WebSession#loginTicket} is for a WebSocket, which cannot set a cookie: its page sends the ticket to
     *     {@link #redeemTicket}, and is logged in.
     * <li>{@link WebSession#webSocketTicket} is for a client that can send neither a cookie nor a token with a WebSocket. It opens
     *     {@code wss://..?ticket=..}. A ticket that is not valid is answered 401. A token of {@link #withTokens} comes first, the cookie
     *     last.
     * </ul>
     *
     * <p>Tickets need {@code channels.session.store = database}. Otherwise {@link #middleware} and {@link #session} fail, and the
     * application does not start.
     *
     * @return other sessions; use them for middleware and pages instead of these
     */
    public Sessions<U> withTickets() {
        return new Sessions<>(users, verifier, true);
    }

    /**
     * Creates the table, and that of tickets, where they do not exist; a task for {@code Channels.beforeStart}. Does nothing with
     * {@code channels.session.store = cookie}.
     *
     * @param system a typed or classic actor system
     * @return completes when they exist; fails as a call of {@link org.pekkochannels.database.Database} does
     */
    public CompletionStage<Done> createTable(ClassicActorSystemProvider system) {
        return service(system).createTables();
    }

    /**
     * The middleware that reads session and user for each handshake, in one database call in all, for {@code Channels.through}. It refuses
     * no client: a browser without a session has an empty one. Consumers find it with {@link #session(Scope)}. A connection whose user is logged
     * in has a {@link Lease}: it closes with 4401 after the session has expired or ended.
     *
     * @param system a typed or classic actor system
     * @return the middleware; fails with {@link com.typesafe.config.ConfigException} if a key of {@code channels.session} is out of bounds
     */
    public UnaryOperator<Application> middleware(ClassicActorSystemProvider system) {
        SessionService<U> service = service(system);
        return application -> new SessionHandshakes<>(service, application);
    }

    /**
     * Ends all sessions of a user, and closes the user's WebSockets on all nodes with 4401. Sockets of other users stay. Those that were
     * opened with a token close too; the token itself stays valid.
     *
     * <p>With {@code channels.session.store = cookie}, change what {@link UserLoader#fingerprint} returns for the user before this call.
     *
     * @param system a typed or classic actor system
     * @param userId what {@link UserLoader#id} returns for the user
     * @return completes when the sessions are deleted and the layer has taken the message to the other nodes. Fails with
     *     {@link org.pekkochannels.layer.LayerUnavailableException} if it cannot: the sessions are deleted then, this node has closed its
     *     sockets, and the others close those with sessions within {@code channels.session.check-interval}. Fails as a call of
     *     {@link org.pekkochannels.database.Database} does, and with {@link IllegalStateException} if cookies have no fingerprint
     */
    public CompletionStage<Done> closeAll(ClassicActorSystemProvider system, String userId) {
        requireNonNull(userId, "the user id of closeAll(..) must not be null");
        SessionService<U> service = service(system);
        return SessionService.unwrapped(
                service.endAll(userId).thenCompose(done -> service.connections().ended(userId)));
    }

    /**
     * The directive that gives pages a session. It saves what they have changed before the head of the response leaves. Route of Pekko HTTP.
     *
     * <p>Requests that change something (all methods but {@code GET}, {@code HEAD}, {@code OPTIONS} and {@code TRACE}) and come from a page
     * of a foreign site are answered 403. A session that was changed elsewhere meanwhile is answered 409.
     *
     * @param system a typed or classic actor system
     * @param inner makes the pages of one request, on any thread
     * @return the route; fails with {@link com.typesafe.config.ConfigException} if a key of {@code channels.session} is out of bounds
     */
    public Route session(ClassicActorSystemProvider system, Function<WebSession<U>, Route> inner) {
        requireNonNull(inner, "the pages of session(..) must not be null");
        return SessionDirective.of(service(system), system.classicSystem()).around(inner);
    }

    /**
     * The page that logs in a browser whose WebSocket has sent it a ticket of {@link WebSession#loginTicket}. The ticket is the body of a
     * {@code POST}. It is answered 401 if it is not valid: used or too old, or made for another session than that of this browser.
     *
     * @param session of the page, by {@link #session(ClassicActorSystemProvider, Function)}, which refuses requests of foreign sites
     * @param inner makes the response, in which the user is logged in
     * @return the route; rejects other methods. Fails with {@link IllegalStateException} without {@link #withTickets}
     */
    public Route redeemTicket(WebSession<U> session, Supplier<Route> inner) {
        requireNonNull(session, "the session of redeemTicket(..) must not be null");
        requireNonNull(inner, "the response of redeemTicket(..) must not be null");
        return TicketRoute.of(session, inner);
    }

    /**
     * The session of a connection behind {@link #middleware}.
     *
     * @param scope the connection's
     * @return the session, the same at every call
     * @throws IllegalStateException if the middleware is not around the endpoint
     */
    @SuppressWarnings("unchecked") // a session of these sessions has their users
    public WebSession<U> session(Scope scope) {
        return (WebSession<U>) scope.attribute(SESSION)
                .filter(session -> session.belongsTo(this))
                .orElseThrow(() -> new IllegalStateException("the scope of " + scope.printablePath()
                        + " has no session: add the endpoint within Channels.through(sessions::middleware, ..)"));
    }

    /**
     * The user who is logged in on a connection behind {@link #middleware}.
     *
     * @param scope the connection's
     * @return the user; empty if no user is logged in
     * @throws IllegalStateException if the middleware is not around the endpoint
     */
    public Optional<U> user(Scope scope) {
        return session(scope).user();
    }

    /**
     * Checks the keys of {@code channels.session} and {@code channels.django}, for applications that may use sessions later. Not API.
     *
     * @param system a typed or classic actor system
     * @hidden
     */
    @InternalApi
    @SuppressWarnings("InvalidBlockTag") // Error Prone rejects @hidden here; the doclet obeys it
    public static void checkSettings(ClassicActorSystemProvider system) {
        Config config = system.classicSystem().settings().config();
        IdentitySettings unused = IdentitySettings.of(config);
        DjangoSettings unusedToo = DjangoSettings.checked(config);
    }

    private SessionService<U> service(ClassicActorSystemProvider system) {
        requireNonNull(system, "the actor system of sessions must not be null");
        return SessionsExtension.of(system).service(this, users, verifier, tickets);
    }
}
