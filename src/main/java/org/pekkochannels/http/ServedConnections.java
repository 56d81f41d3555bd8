package org.pekkochannels.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.event.Logging;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.TLSPlacebo;
import org.apache.pekko.stream.javadsl.Tcp.IncomingConnection;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.Handshake;
import org.pekkochannels.websocket.RequestHead;

/** Serves the connections of one bound port; thread-safe. */
final class ServedConnections {
    private static final BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> PLAIN = plain();

    private static final Flow<ByteString, ByteString, NotUsed> TOO_MANY = Flow.fromSinkAndSourceCoupled(
            Sink.ignore(),
            Source.single(ByteString.fromArrayUnsafe(Handshake.refused(Refusal.of(503, "too many connections")))));

    private final AtomicInteger count = new AtomicInteger();
    private final HttpSettings settings;
    private final Security security;
    private final Predicate<String> paths;
    private final WebSocketHandler webSockets;
    private final SharedKillSwitch switches;
    private final Refusals refusals;
    private final Materializer materializer;
    private final Http http;
    private final ServerSettings httpSettings;
    private final Flow<HttpRequest, HttpResponse, NotUsed> pages;
    private final LoggingAdapter log;

    ServedConnections(
            ActorSystem<?> system,
            HttpSettings settings,
            Security security,
            Predicate<String> paths,
            WebSocketHandler webSockets,
            Route route,
            SharedKillSwitch switches) {
        this.refusals = webSockets.refusals();
        this.log = Logging.getLogger(system.classicSystem(), HttpServer.class);
        this.settings = settings;
        this.security = security;
        this.paths = paths;
        this.webSockets = webSockets;
        this.switches = switches;
        this.materializer = SystemMaterializer.get(system).materializer();
        this.http = Http.get(system);
        this.httpSettings = ServerSettings.create(system.classicSystem()).withRemoteAddressAttribute(true);
        this.pages = Flow.<HttpRequest>create().map(this::withScheme).via(route.flow(system));
    }

    @SuppressWarnings("unchecked") // its SessionBytes are SslTlsInbound, and it only gives them
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
                (BidiFlow<SslTlsOutbound, ByteString, ByteString, ? extends SslTlsInbound, NotUsed>)
                        TLSPlacebo.getInstance();
    }

    /** How many connections there are. */
    int count() {
        return count.get();
    }

    void serve(IncomingConnection connection) {
        if (count.incrementAndGet() > settings.maxConnections()) {
            count.decrementAndGet();
            refusals.count(503);
            security.over(connection.flow()).join(TOO_MANY).run(materializer);
            return;
        }
        security.over(connection.flow())
                .join(Flow.fromGraph(
                        new FirstRequest(new Served(connection.remoteAddress(), connection.localAddress()))))
                .run(materializer);
    }

    /** Pekko HTTP's layer knows of no TLS below it. */
    private HttpRequest withScheme(HttpRequest request) {
        return request.withUri(request.getUri().scheme(security.scheme()));
    }

    /** One connection, as the reader of its first request sees it. */
    private final class Served implements ConnectionHandler {
        private final InetSocketAddress client;
        private final InetSocketAddress server;

        Served(InetSocketAddress client, InetSocketAddress server) {
            this.client = client;
            this.server = server;
        }

        @Override
        public void refused(int status) {
            refusals.count(status);
        }

        @Override
        public void ended() {
            count.decrementAndGet();
        }

        @Override
        public int maxHeaderBytes() {
            return settings.maxHeaderBytes();
        }

        @Override
        public Duration headerTimeout() {
            return settings.headerTimeout();
        }

        @Override
        public Optional<CompletionStage<Decision>> upgrade(RequestHead head, CompletionStage<Done> gone) {
            if (!Handshake.isUpgrade(head)
                    || !Handshake.path(head.target()).filter(paths).isPresent()) {
                return Optional.empty();
            }
            Handshake handshake = new Handshake(head);
            Optional<Refusal> complaint = handshake.complaint();
            if (complaint.isPresent()) {
                return Optional.of(Decision.refuse(complaint.get()));
            }
            String scheme = security == Security.NONE ? "ws" : "wss";
            TrustedProxies.Origin origin = settings.proxies().origin(Optional.of(client), scheme, head.headers());
            Scope scope =
                    handshake.scope(origin.scheme(), origin.client(), server).orElseThrow();
            return Optional.of(webSockets.open(scope, gone));
        }

        @Override
        public Flow<ByteString, ByteString, NotUsed> http() {
            BidiFlow<HttpResponse, ByteString, ByteString, HttpRequest, NotUsed> layer =
                    http.serverLayer(httpSettings, Optional.of(client), log).atop(PLAIN);
            BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> idle =
                    BidiFlow.bidirectionalIdleTimeout(settings.idleTimeout());
            return pages.join(layer.atop(idle)).via(switches.flow());
        }
    }
}
