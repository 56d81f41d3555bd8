package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.event.Logging;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.http.scaladsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.settings.ParserSettings;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.Flow;
import org.pekkochannels.proxy.TrustedProxies;
import scala.Function1;
import scala.concurrent.Future;

/**
 * Pekko HTTP without a port: its server layer over bytes that an edge transfers. Thread-safe.
 *
 * <p>Per connection, one {@link HttpExchange} is joined to the layer. The set of running exchanges exists for the shutdown alone, which must
 * reach connections that are idle.
 */
final class PlainHttp {
    // Host, Connection and the body's framing.
    private static final int MOST_ADDED_HEADERS = 4;

    private final Http http;
    private final ServerSettings layer;
    private final String scheme;
    private final TrustedProxies proxies;
    private final Function1<org.apache.pekko.http.scaladsl.model.HttpRequest, Future<HttpResponse>> pages;
    private final long maxBodyBytes;
    private final LoggingAdapter log;
    private final PekkoHttpLog.Counts counts;
    private final Unrouted unrouted;
    private final Set<HttpExchange> running = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

    PlainHttp(
            ActorSystem<?> system,
            HttpSettings settings,
            String scheme,
            Route route,
            PekkoHttpLog.Counts counts,
            Unrouted unrouted) {
        this.http = Http.get(system);
        this.layer = layer(system, settings.maxHeaderBytes(), settings.maxHeaderFields());
        this.maxBodyBytes = layer.getParserSettings().getMaxContentLength();
        this.scheme = scheme;
        this.proxies = settings.proxies();
        PageGuard guarded = new PageGuard(route.asScala(), system, counts.truncated());
        this.pages = org.apache.pekko.http.scaladsl.server.Route.toFunction(guarded, system);
        this.log = Logging.getLogger(system.classicSystem(), BoundServer.class);
        this.counts = counts;
        this.unrouted = unrouted;
    }

    /**
     * Pekko HTTP must have room for every head that our reader accepts: percent-encoded, a character has three bytes. A chunk needs no
     * bound, because our reader writes one per read.
     *
     * <p>The address is an attribute, from which {@link ScopeFactory#client} reads it. The routes of GET answer HEAD. The warnings must be
     * on, because {@link PekkoHttpLog} counts them; it replaces their text, so the short form is enough.
     */
    private static ServerSettings layer(ActorSystem<?> system, int maxHeaderBytes, int maxHeaderFields) {
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
                        .withMaxHeaderCount(maxHeaderFields + MOST_ADDED_HEADERS)
                        .withMaxChunkSize(Integer.MAX_VALUE)
                        .withIllegalHeaderWarnings(true)
                        .withErrorLoggingVerbosity(ParserSettings.ErrorLoggingVerbosity$.MODULE$.apply("simple")));
    }

    /** One connection's stream, without the bridge. The types are those of TLS, because Pekko HTTP's layer is made to be joined to TLS. */
    Flow<SslTlsInbound, SslTlsOutbound, NotUsed> over(InetSocketAddress client, HttpExchange exchange) {
        LoggingAdapter counting = new PekkoHttpLog(log, exchange, counts);
        return Flow.fromGraph(exchange).join(http.serverLayer(layer, Optional.of(client), counting));
    }

    /** Runs the pages for one request. */
    Future<HttpResponse> answer(HttpRequest request) {
        return pages.apply(
                (org.apache.pekko.http.scaladsl.model.HttpRequest) withScheme(WholeBody.check(request, maxBodyBytes)));
    }

    /** The pages have answered a WebSocket handshake with a status. */
    void upgradeAnswered(HttpRequest upgrade, int status) {
        if (status == StatusCodes.NOT_FOUND.intValue()) {
            unrouted.refused(upgrade);
        }
    }

    /** A connection's exchange has started; on the stream's interpreter. */
    void started(HttpExchange exchange) {
        // Before the flag is read, and end() writes it before it iterates: at least one of the two ends the exchange.
        running.add(exchange);
        if (ending) {
            exchange.end();
        }
    }

    void stopped(HttpExchange exchange) {
        running.remove(exchange);
    }

    /** Takes no further requests: each connection ends after the response to its current request. */
    void end() {
        ending = true;
        running.forEach(HttpExchange::end);
    }

    /** Pekko HTTP's layer knows neither the TLS below it nor a proxy's. */
    private HttpRequest withScheme(HttpRequest request) {
        Uri uri = request.getUri();
        String seen = ScopeFactory.scheme(request, scheme, proxies);
        return uri.getScheme().equals(seen) ? request : request.withUri(uri.scheme(seen));
    }
}
