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
import org.pekkochannels.http1.RefusedRequestException;
import org.pekkochannels.http1.Request;
import org.pekkochannels.http1.RequestHead;
import org.pekkochannels.http1.RequestTarget;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.proxy.TrustedProxies;
import org.pekkochannels.tls.TlsEngines;
import org.pekkochannels.websocket.Handshake;

/** What an edge serves, and everything about it that does not depend on the engine; thread-safe. */
public final class ServedApplication {
    private static final SafeLog LOG = SafeLog.of(ServedApplication.class);
    private static final Refusal NO_METHOD =
            Refusal.of(501, "this server does not know the method").because(Refusal.Reason.UNSUPPORTED);

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
        this.tls = settings.tls().map(TlsEngines::new);
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
     * The actor system that everything runs in.
     *
     * @return the system
     */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * The keys that all edges have in common.
     *
     * @return the settings
     */
    public HttpSettings settings() {
        return settings;
    }

    /**
     * What makes TLS's engines.
     *
     * @return the engines; nothing if the port does not speak TLS
     */
    public Optional<TlsEngines> tls() {
        return tls;
    }

    /**
     * How the port is spoken to.
     *
     * @return {@code http} or {@code https}
     */
    public String scheme() {
        return tls.isPresent() ? "https" : "http";
    }

    /**
     * How long a client may take to end a connection that was ended here.
     *
     * @return {@code channels.websocket.close-timeout}
     */
    public Duration closeTimeout() {
        return webSockets.sockets().settings().times().closeTimeout();
    }

    /**
     * Where consumers are spawned if nobody says otherwise.
     *
     * @return the consumers of Pekko's default dispatcher
     */
    public ConsumerSpawner consumers() {
        return webSockets.consumers();
    }

    /**
     * Starts another place for consumers.
     *
     * @param name the supervising actor's name, unique in the system
     * @param props its dispatcher, which is also the consumers'
     * @return the place
     */
    public ConsumerSpawner consumers(String name, Props props) {
        return ConsumerSpawner.start(system, name, props);
    }

    /**
     * Counts a TCP connection in, unless there are too many; whoever gets true calls {@link #left} at its end.
     *
     * @return false if its {@link Reception} is to turn it away
     */
    public boolean entered() {
        if (count.incrementAndGet() > bounds.served()) {
            count.decrementAndGet();
            webSockets.full().connectionRefused(bounds.served());
            return false;
        }
        return true;
    }

    /** Serves so many connections from now on. */
    void limit(ConnectionBounds lowered) {
        bounds = lowered;
    }

    /** How many TCP connections there are. */
    int connections() {
        return count.get();
    }

    /**
     * Counts a TCP connection in, however many there are, that was counted out and has a socket yet; whoever calls this
     * calls {@link #left} at its end.
     */
    public void lingers() {
        count.incrementAndGet();
    }

    /** Counts a TCP connection out. */
    public void left() {
        count.decrementAndGet();
    }

    /** Whether one connection that is too many may get an answer; whoever gets true calls {@link #turnedAway} at its end. */
    boolean mayTurnAway() {
        if (turnedAway.incrementAndGet() > bounds.turnedAway()) {
            turnedAway.decrementAndGet();
            return false;
        }
        return true;
    }

    /** A connection that was too many has ended. */
    void turnedAway() {
        turnedAway.decrementAndGet();
    }

    /** The times that a {@link Reception} keeps. */
    HttpDeadlines deadlines() {
        return deadlines;
    }

    /** Counts a request that was refused. */
    void refused(Refusal refusal) {
        webSockets.refusals().count(refusal);
    }

    /** Writes the lines of a request that is refused before an endpoint was asked; they hold nothing of what was sent. */
    void logRefused(Peers peers, Refusal refusal) {
        webSockets.accessLog().refused(Optional.of(peers.client()), refusal.status());
        LOG.debug("refused a request of {} with {}: {}", peers.client(), refusal.status(), refusal.body());
    }

    /** Writes the line of a client that is cut without an answer. */
    void logCut(InetSocketAddress client) {
        webSockets.accessLog().cut(client);
    }

    /** Logs clients that a proxy or a wrong address has brought. */
    MisdirectedClients misdirected() {
        return webSockets.misdirected();
    }

    /**
     * Counts and logs a connection of a trusted proxy that is cut, as it does not begin with a header of the PROXY protocol.
     *
     * @param proxy the proxy's address
     */
    public void cutWithoutProxyHeader(InetSocketAddress proxy) {
        cuts.count(CutConnectionCounters.Limit.PROXY_PROTOCOL);
        logCut(proxy);
        misdirected().cutWithoutProxyHeader(proxy);
    }

    /** Counts those who were not even that. */
    CutConnectionCounters cuts() {
        return cuts;
    }

    /**
     * Where a request goes.
     *
     * @param head the request's head
     * @return an endpoint, or Pekko HTTP
     * @throws RefusedRequestException if it is not served
     */
    Destination destination(RequestHead head) throws RefusedRequestException {
        boolean upgrade = Handshake.isUpgrade(head);
        if (upgrade && RequestTarget.path(head.target()).filter(paths).isPresent()) {
            return new Destination.Endpoint(head.shared());
        }
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
     * @param peers whom the connection is between
     * @param gone completes if the client leaves before it has its answer
     * @param consumers where the consumer is spawned
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

    /** What runs the pages for one connection. */
    HttpExchange exchange() {
        return new HttpExchange(plainHttp);
    }

    /**
     * Pekko HTTP for one connection.
     *
     * @param peers whom the connection is between
     * @param exchange runs the pages
     * @return takes requests in canonical form, gives what is to be sent
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

    /** Takes no more requests of plain HTTP; its connections end when those that there are have been answered. */
    void endHttp() {
        ending = true;
        plainHttp.end();
    }

    /** Whether a request of plain HTTP comes too late. */
    boolean isEnding() {
        return ending;
    }

    /** Those that clients wait for. */
    OwedAnswers answers() {
        return answers;
    }
}
