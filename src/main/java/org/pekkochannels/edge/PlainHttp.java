package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.event.Logging;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.http.scaladsl.settings.ParserSettings;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.TLSPlacebo;
import org.apache.pekko.util.ByteString;

/** Pekko HTTP without a port of its own: its server layer over the bytes that an edge brings. Thread-safe. */
final class PlainHttp {
    private static final BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> PLAIN = plain();

    // Host, Connection and what frames a body.
    private static final int MOST_ADDED_HEADERS = 4;

    private final Http http;
    private final ServerSettings layer;
    private final String scheme;
    private final TrustedProxies proxies;
    private final Flow<HttpRequest, HttpResponse, NotUsed> pages;
    private final LoggingAdapter log;
    private final PekkoHttpLog.Counts counts;
    private final SharedKillSwitch requests = KillSwitches.shared("channels-http");

    PlainHttp(ActorSystem<?> system, HttpSettings settings, String scheme, Route route, PekkoHttpLog.Counts counts) {
        this.http = Http.get(system);
        this.layer = layer(system, settings.maxHeaderBytes());
        this.scheme = scheme;
        this.proxies = settings.proxies();
        this.pages = Flow.<HttpRequest>create().map(this::withScheme).via(route.flow(system));
        this.log = Logging.getLogger(system.classicSystem(), Server.class);
        this.counts = counts;
    }

    /**
     * Every head that our reader takes must find room in Pekko HTTP: percent-encoded a character has three bytes, and the
     * shortest header four.
     */
    private static ServerSettings layer(ActorSystem<?> system, int maxHeaderBytes) {
        ServerSettings configured = ServerSettings.create(system.classicSystem());
        return configured
                .withRemoteAddressAttribute(true)
                .withTransparentHeadRequests(true)
                .withParsingErrorHandler(PekkoHttpErrors.class.getName())
                .withParserSettings(configured
                        .getParserSettings()
                        .withMaxUriLength(3 * maxHeaderBytes)
                        .withMaxHeaderNameLength(maxHeaderBytes)
                        .withMaxHeaderValueLength(3 * maxHeaderBytes)
                        .withMaxHeaderCount(maxHeaderBytes / 4 + MOST_ADDED_HEADERS)
                        .withMaxChunkSize(Integer.MAX_VALUE)
                        .withIllegalHeaderWarnings(true)
                        .withErrorLoggingVerbosity(ParserSettings.ErrorLoggingVerbosity$.MODULE$.apply("simple")));
    }

    @SuppressWarnings("unchecked") // its SessionBytes are SslTlsInbound, and it only gives them
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
                (BidiFlow<SslTlsOutbound, ByteString, ByteString, ? extends SslTlsInbound, NotUsed>)
                        TLSPlacebo.getInstance();
    }

    Flow<ByteString, ByteString, NotUsed> over(InetSocketAddress client, HttpExchange exchange) {
        LoggingAdapter counting = new PekkoHttpLog(log, exchange, counts);
        BidiFlow<HttpResponse, ByteString, ByteString, HttpRequest, NotUsed> server =
                http.serverLayer(layer, Optional.of(client), counting).atop(PLAIN);
        return Flow.<HttpRequest>create()
                .via(requests.flow())
                .via(pages)
                .join(BidiFlow.fromGraph(exchange).reversed().atop(server));
    }

    /** No further requests: each connection ends when it has its last answer. */
    void end() {
        requests.shutdown();
    }

    /** Pekko HTTP's layer knows neither of TLS below it nor of a proxy's. */
    private HttpRequest withScheme(HttpRequest request) {
        Uri uri = request.getUri();
        String seen = Scopes.scheme(request, scheme, proxies);
        return uri.getScheme().equals(seen) ? request : request.withUri(uri.scheme(seen));
    }
}
