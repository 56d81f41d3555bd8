package org.pekkochannels.edge;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.http1.RequestHead;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.proxy.TrustedProxies;
import org.pekkochannels.websocket.Handshake;

/**
 * Requests for endpoints that Pekko HTTP has parsed: upgrades in the application's own server, and requests other than upgrades.
 * Thread-safe.
 *
 * <p>An upgrade is checked as on our edges, as far as its head permits. Pekko HTTP accepts some requests that it should not, and may treat
 * the end of a line as part of a value, so a value with control characters ends the connection.
 */
final class WebSocketRoute {
    private static final Refusal MALFORMED =
            Refusal.of(400, "malformed request").because(Refusal.Reason.MALFORMED);
    private static final Refusal UPGRADE_REQUIRED = new Refusal(
            426,
            List.of(new Header("Upgrade", "websocket")),
            "This address accepts WebSockets only",
            Refusal.Reason.HANDSHAKE);

    private final WebSocketHandler webSockets;
    private final TrustedProxies proxies;

    WebSocketRoute(WebSocketHandler webSockets, TrustedProxies proxies) {
        this.webSockets = webSockets;
        this.proxies = proxies;
    }

    /**
     * Answers a request.
     *
     * @param rest the part of its path that no directive has matched
     */
    Route complete(HttpRequest request, String rest) {
        return Directives.completeWithFuture(answer(request, rest));
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request, String rest) {
        try {
            RequestHead head = ScopeFactory.head(request);
            Scope scope = ScopeFactory.of(request, head, rest, proxies);
            return Handshake.isUpgrade(head) ? upgrade(request, head, scope) : notAsked(scope);
        } catch (IllegalArgumentException malformed) {
            webSockets.accessLog().refused(ScopeFactory.client(request), MALFORMED.status());
            return CompletableFuture.completedFuture(close(MALFORMED));
        }
    }

    /** A refusal from here ends the connection. One by the application, from {@link #open}, does not: the request itself was valid. */
    private CompletionStage<HttpResponse> upgrade(HttpRequest request, RequestHead head, Scope scope) {
        Optional<Refusal> complaint = new Handshake(head).complaint().or(() -> body(request));
        return complaint.map(refusal -> refuse(scope, refusal)).orElseGet(() -> open(scope, head));
    }

    /** Pekko HTTP does not report that a client has left; the attach timeout detects it. */
    private CompletionStage<HttpResponse> open(Scope scope, RequestHead head) {
        return webSockets
                .open(scope, new CompletableFuture<>(), webSockets.consumers())
                .thenApply(decision -> response(head, decision));
    }

    /** Pekko HTTP takes the framing fields out of the headers, so only the entity shows whether there is a body. */
    private static Optional<Refusal> body(HttpRequest request) {
        return request.entity().isKnownEmpty()
                ? Optional.empty()
                : Optional.of(Refusal.of(400, "a WebSocket handshake must not have a body")
                        .because(Refusal.Reason.HANDSHAKE));
    }

    private CompletionStage<HttpResponse> notAsked(Scope scope) {
        webSockets.misdirected().handshakeRefused(scope, UPGRADE_REQUIRED);
        webSockets.accessLog().entry(scope).refused(UPGRADE_REQUIRED.status());
        return CompletableFuture.completedFuture(refuse(UPGRADE_REQUIRED));
    }

    private CompletionStage<HttpResponse> refuse(Scope scope, Refusal refusal) {
        webSockets.misdirected().handshakeRefused(scope, refusal);
        webSockets.accessLog().entry(scope).refused(refusal.status());
        return CompletableFuture.completedFuture(close(refusal));
    }

    /** Ends the connection: the bytes after an ambiguous request are ambiguous, too. */
    private HttpResponse close(Refusal refusal) {
        return refuse(refusal).addHeader(Connection.create("close"));
    }

    private HttpResponse response(RequestHead head, Decision decision) {
        if (decision instanceof Decision.Accept yes) {
            Flow<ByteString, ByteString, NotUsed> socket = Flow.fromGraph(new SocketStage(yes.user()));
            return WebSocketTakeover.response(new Handshake(head).acceptKey(), yes.acceptance(), socket);
        }
        return refuse(((Decision.Refuse) decision).refusal());
    }

    private HttpResponse refuse(Refusal refusal) {
        webSockets.refusals().count(refusal);
        return Responses.of(refusal);
    }
}
