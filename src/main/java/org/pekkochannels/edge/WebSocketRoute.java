package org.pekkochannels.edge;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Upgrades that reach us through Pekko HTTP: in a server of the application's own, or as a later request. */
final class WebSocketRoute {
    private static final Refusal MALFORMED =
            Refusal.of(400, "malformed request").because(Refusal.Reason.MALFORMED);
    private static final Refusal UPGRADE_REQUIRED = new Refusal(
            426,
            List.of(new Header("Upgrade", "websocket")),
            "This address speaks WebSocket only",
            Refusal.Reason.HANDSHAKE);

    private final WebSocketHandler webSockets;
    private final TrustedProxies proxies;

    WebSocketRoute(WebSocketHandler webSockets, TrustedProxies proxies) {
        this.webSockets = webSockets;
        this.proxies = proxies;
    }

    Route complete(HttpRequest request) {
        return Directives.completeWithFuture(answer(request));
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request) {
        Optional<WebSocketUpgrade> asked = request.getAttribute(AttributeKeys.webSocketUpgrade);
        try {
            Scope scope = Scopes.of(request, asked, proxies);
            return asked.map(upgrade -> upgrade(scope, upgrade)).orElseGet(() -> notAsked(scope));
        } catch (IllegalArgumentException malformed) {
            AccessLog.refused(Scopes.client(request), MALFORMED.status());
            return CompletableFuture.completedFuture(refuse(MALFORMED));
        }
    }

    /** Pekko HTTP does not tell that a client has left; the attach timeout finds it out. */
    private CompletionStage<HttpResponse> upgrade(Scope scope, WebSocketUpgrade upgrade) {
        return webSockets
                .open(scope, new CompletableFuture<>(), webSockets.consumers())
                .thenApply(decision -> response(upgrade, decision));
    }

    private CompletionStage<HttpResponse> notAsked(Scope scope) {
        AccessLog.of(scope).refused(UPGRADE_REQUIRED.status());
        return CompletableFuture.completedFuture(refuse(UPGRADE_REQUIRED));
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
}
