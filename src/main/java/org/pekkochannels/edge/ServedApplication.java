package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.Flow;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.http1.RefusedRequestException;
import org.pekkochannels.http1.Request;
import org.pekkochannels.http1.RequestHead;
import org.pekkochannels.http1.RequestTarget;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.proxy.TrustedProxies;
import org.pekkochannels.tls.TlsEngines;
import org.pekkochannels.websocket.Handshake;

/** The application that an edge serves, and everything about it that does not depend on the engine. Thread-safe. */
public final class ServedApplication {
    private static final SafeLog LOG = SafeLog.of(ServedApplication.class);
    private static final Refusal NO_METHOD =
            Refusal.of(501, "this server does not support the method").because(Refusal.Reason.UNSUPPORTED);

    private final ActorSystem<?> system;
    private final HttpSettings settings;
    private final Optional<TlsEngines> tls;
    private final Predicate<String> paths;
    private final WebSocketHandler webSockets;
    private final PlainHttp plainHttp;
    private final HttpDeadlines deadlines;
    private final OwedAnswers answers;
    private final CutConnectionCounters cuts;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger turnedAway = new AtomicInteger();
    private volatile ConnectionBounds bounds;
    private volatile boolean ending;

    ServedApplication(
            ActorSystem<?> system,
            HttpSettings settings,
            Predicate<String> paths,
            WebSocketHandler webSockets,
            Route route,
            HttpDeadlines deadlines,
            OwedAnswers answers,
            CutConnectionCounters cuts,
            PekkoHttpLog.Counts counts) {
        this.system = system;
        this.settings = settings;
        this.bounds = ConnectionBounds.of(settings.maxConnections());
        this.tls = settings.tls().map(tls -> new TlsEngines(tls, TimeSource.of(system)));
        this.paths = paths;
        this.webSockets = webSockets;
        this.plainHttp = new PlainHttp(system, settings, scheme(), route, counts, unrouted());
        this.deadlines = deadlines;
        this.answers = answers;
        this.cuts = cuts;
    }

    private Unrouted unrouted() {
        return new Unrouted(settings.proxies(), webSockets.refusals(), webSockets.accessLog());
    }

    /**
     * The actor system in which everything runs.
     *
     * @return the system
     */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * The keys that all edges share.
     *
     * @return the settings
     */
    public HttpSettings settings() {
        return settings;
    }

    /**
     * Creates the engines of TLS.
     *
     * @return the engines; empty if the port does not use TLS
     */
    public Optional<TlsEngines> tls() {
        return tls;
    }

    /**
     * The scheme of the port.
     *
     * @return {@code http} or {@code https}
     */
    public String scheme() {
        return tls.isPresent() ? "https" : "http";
    }

    /**
     * The time for a client to end a connection that was ended here.
     *
     * @return {@code channels.websocket.close-timeout}
     */
    public Duration closeTimeout() {
        return webSockets.sockets().settings().times().closeTimeout();
    }

    /**
     * The default place of consumers.
     *
     * @return the spawner on Pekko's default dispatcher
     */
    public ConsumerSpawner consumers() {
        return webSockets.consumers();
    }

    /**
     * Starts another spawner.
     *
     * @param name the supervising actor's name, unique in the system
     * @param props its dispatcher, which is also the consumers'
     * @return the spawner
     */
    public ConsumerSpawner consumers(String name, Props props) {
        return ConsumerSpawner.start(system, name, props);
    }

    /**
     * Counts a TCP connection in, unless there are too many. If true, the caller must call {@link #left} at its end.
     *
     * @return false if its {@link Reception} must refuse it
     */
    public boolean entered() {
        if (count.incrementAndGet() > bounds.served()) {
            count.decrementAndGet();
            webSockets.full().connectionRefused(bounds.served());
            return false;
        }
        return true;
    }

    /** Sets lower bounds of connections. */
    void limit(ConnectionBounds lowered) {
        bounds = lowered;
    }

    /** The number of TCP connections. */
    int connections() {
        return count.get();
    }

    /**
     * Counts in, regardless of the bound, a TCP connection that was counted out but still has a socket. The caller must call {@link #left}
     * at its end.
     */
    public void lingers() {
        count.incrementAndGet();
    }

    /** Counts a TCP connection out. */
    public void left() {
        count.decrementAndGet();
    }

    /** Whether a connection over the bound may receive an answer. If true, the caller must call {@link #turnedAway} at its end. */
    boolean mayTurnAway() {
        if (turnedAway.incrementAndGet() > bounds.turnedAway()) {
            turnedAway.decrementAndGet();
            return false;
        }
        return true;
    }

    /** A connection over the bound has ended. */
    void turnedAway() {
        turnedAway.decrementAndGet();
    }

    /** The deadlines of connections that have no session: of receptions and of plain HTTP. */
    HttpDeadlines deadlines() {
        return deadlines;
    }

    /** Counts a refused request. */
    void refused(Refusal refusal) {
        webSockets.refusals().count(refusal);
    }

    /** Logs a request that is refused before an endpoint is involved; the lines contain nothing of the client's input. */
    void logRefused(Peers peers, Refusal refusal) {
        webSockets.accessLog().refused(Optional.of(peers.client()), refusal.status());
        LOG.debug("refused a request of {} with {}: {}", peers.client(), refusal.status(), refusal.body());
    }

    /** Writes the line of a client that is cut without an answer. */
    void logCut(InetSocketAddress client) {
        webSockets.accessLog().cut(client);
    }

    /** Logs clients that a proxy or a wrong address has misdirected. */
    MisdirectedClients misdirected() {
        return webSockets.misdirected();
    }

    /**
     * Counts and logs a connection of a trusted proxy that is cut off because it does not begin with a PROXY protocol header.
     *
     * @param proxy the proxy's address
     */
    public void cutWithoutProxyHeader(InetSocketAddress proxy) {
        cuts.count(CutConnectionCounters.Limit.PROXY_PROTOCOL);
        logCut(proxy);
        misdirected().cutWithoutProxyHeader(proxy);
    }

    /** Counts connections closed without an answer. */
    CutConnectionCounters cuts() {
        return cuts;
    }

    /**
     * Determines the destination of a request.
     *
     * @param head the request's head
     * @return an endpoint, or Pekko HTTP
     * @throws RefusedRequestException if it is not served
     */
    Destination destination(RequestHead head) throws RefusedRequestException {
        boolean upgrade = Handshake.isUpgrade(head);
        // The endpoint checks the handshake itself, because a refusal is logged with its scope.
        if (upgrade && RequestTarget.path(head.target()).filter(paths).isPresent()) {
            return new Destination.Endpoint(head.shared());
        }
        // A page may accept a WebSocket handshake, so it gets only valid ones.
        Optional<Refusal> complaint = upgrade ? new Handshake(head).complaint() : Optional.empty();
        if (complaint.isPresent()) {
            throw RefusedRequestException.of(complaint.get());
        }
        Request request = Request.of(head);
        if (HttpMethods.lookup(head.method()).isEmpty()) {
            throw RefusedRequestException.of(NO_METHOD);
        }
        return new Destination.Pages(request, upgrade);
    }

    /**
     * Decides about a request for an endpoint.
     *
     * @param head the request's head
     * @param peers the ends of the connection
     * @param gone completes if the client leaves before it has its answer
     * @param consumers spawns the consumer
     * @return the decision, a stage that does not fail
     */
    CompletionStage<Decision> upgrade(
            RequestHead head, Peers peers, CompletionStage<Done> gone, ConsumerSpawner consumers) {
        Handshake handshake = new Handshake(head);
        Scope scope = scope(handshake, head, peers);
        return handshake
                .complaint()
                .or(() -> complaint(head))
                .map(complaint -> webSockets.refuse(scope, complaint))
                .orElseGet(() -> webSockets.open(scope, gone, consumers));
    }

    private static Optional<Refusal> complaint(RequestHead head) {
        try {
            Request.of(head);
            return Optional.empty();
        } catch (RefusedRequestException refused) {
            return Optional.of(refused.refusal());
        }
    }

    /** Creates the stage that runs the pages for one connection. */
    HttpExchange exchange() {
        return new HttpExchange(plainHttp);
    }

    /**
     * Pekko HTTP for one connection.
     *
     * @param peers the ends of the connection
     * @param exchange runs the pages
     * @return takes requests in canonical form, emits output
     */
    Flow<SslTlsInbound, SslTlsOutbound, NotUsed> http(Peers peers, HttpExchange exchange) {
        return plainHttp.over(peers.client(), exchange);
    }

    private Scope scope(Handshake handshake, RequestHead head, Peers peers) {
        String scheme = tls.isPresent() ? "wss" : "ws";
        TrustedProxies.Origin origin = settings.proxies().origin(Optional.of(peers.client()), scheme, head.headers());
        Scope scope = handshake
                .scope(origin.scheme(), origin.client(), peers.server())
                .orElseThrow();
        return origin.describe(scope);
    }

    /** Takes no further plain HTTP requests; each connection ends when its pending ones have been answered. */
    void endHttp() {
        ending = true;
        plainHttp.end();
    }

    /** Whether plain HTTP requests are no longer taken. */
    boolean isEnding() {
        return ending;
    }

    /** The answers that clients wait for. */
    OwedAnswers answers() {
        return answers;
    }
}
