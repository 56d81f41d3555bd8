package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Refusal;

/** Upgrades that reach us through Pekko HTTP: in a server of the application's own, or as a later request. */
final class WebSocketRoute {
    private static final Refusal MALFORMED =
            Refusal.of(400, "malformed request").because(Refusal.Reason.MALFORMED);

    private final WebSocketHandler webSockets;
    private final TrustedProxies proxies;

    WebSocketRoute(WebSocketHandler webSockets, TrustedProxies proxies) {
        this.webSockets = webSockets;
        this.proxies = proxies;
    }

    Route complete(HttpRequest request) {
        return Directives.completeWithFuture(request.getAttribute(AttributeKeys.webSocketUpgrade)
                .map(upgrade -> upgrade(request, upgrade))
                .orElseGet(() -> CompletableFuture.completedFuture(upgradeRequired())));
    }

    private CompletionStage<HttpResponse> upgrade(HttpRequest request, WebSocketUpgrade upgrade) {
        try {
            // Pekko HTTP does not tell that a client has left; the attach timeout finds it out.
            return webSockets
                    .open(Scopes.of(request, upgrade, proxies), new CompletableFuture<>(), webSockets.consumers())
                    .thenApply(decision -> response(upgrade, decision));
        } catch (IllegalArgumentException malformed) {
            AccessLog.refused(Scopes.client(request), 400);
            return CompletableFuture.completedFuture(refuse(MALFORMED));
        }
    }

    private HttpResponse response(WebSocketUpgrade upgrade, Decision decision) {
        if (decision instanceof Decision.Accept yes) {
            Flow<ByteString, ByteString, NotUsed> socket = Flow.fromGraph(new SocketStage(yes.user()));
            return WebSocketTakeover.response(upgrade, yes.acceptance(), socket)
                    .addHeaders(Responses.headers(yes.acceptance().headers()))
                    .addAttribute(HttpTimes.UPGRADED, true);
        }
        return refuse(((Decision.Refuse) decision).refusal());
    }

    private HttpResponse refuse(Refusal refusal) {
        webSockets.refusals().count(refusal);
        return Responses.of(refusal);
    }

    private static HttpResponse upgradeRequired() {
        return HttpResponse.create()
                .withStatus(StatusCodes.UPGRADE_REQUIRED)
                .addHeader(RawHeader.create("Upgrade", "websocket"))
                .withEntity("This address speaks WebSocket only");
    }
}
