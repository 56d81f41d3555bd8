package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.Handshake;

/** Turns a request of Pekko HTTP, usually for an upgrade, into a scope. */
final class Scopes {
    private Scopes() {}

    /** Fails with {@link IllegalArgumentException} where there can be none. */
    static Scope of(HttpRequest request, Optional<WebSocketUpgrade> upgrade, TrustedProxies proxies) {
        Uri uri = request.getUri();
        String path = path(request);
        List<Header> headers = headers(request);
        TrustedProxies.Origin origin = proxies.origin(client(request), webSocketScheme(uri.getScheme()), headers);
        return new Scope(
                origin.scheme(),
                path,
                Scope.withoutLeadingSlashes(path),
                uri.rawQueryString().orElse(""),
                headers,
                upgrade.map(Scopes::protocols).orElse(List.of()),
                origin.client(),
                Optional.of(InetSocketAddress.createUnresolved(uri.host().address(), uri.port())),
                Map.of(),
                Map.of());
    }

    /** How the client came, {@code http} or {@code https}, where {@code own} is how its last hop did. */
    static String scheme(HttpRequest request, String own, TrustedProxies proxies) {
        return proxies.networks().isEmpty() ? own : proxied(request, own, proxies);
    }

    private static String proxied(HttpRequest request, String own, TrustedProxies proxies) {
        try {
            TrustedProxies.Origin origin = proxies.origin(client(request), webSocketScheme(own), headers(request));
            return origin.scheme().equals("wss") ? "https" : "http";
        } catch (IllegalArgumentException malformed) {
            // Pekko HTTP lets a page have headers that no scope may hold.
            return own;
        }
    }

    private static String webSocketScheme(String scheme) {
        return scheme.equals("https") || scheme.equals("wss") ? "wss" : "ws";
    }

    /** The request's path, decoded; fails with {@link IllegalArgumentException} where it is no UTF-8. */
    static String path(HttpRequest request) {
        return Handshake.path(request.getUri().path())
                .orElseThrow(() -> new IllegalArgumentException("path is no percent-encoded UTF-8"));
    }

    private static List<Header> headers(HttpRequest request) {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(HttpHeader::renderInRequests)
                .map(header -> new Header(header.name(), header.value()))
                .toList();
    }

    private static List<String> protocols(WebSocketUpgrade upgrade) {
        return StreamSupport.stream(upgrade.getRequestedProtocols().spliterator(), false)
                .toList();
    }

    /** Who sent the request: the last proxy, if there is one. */
    static Optional<InetSocketAddress> client(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(
                        remote -> remote.getAddress().map(address -> new InetSocketAddress(address, remote.getPort())));
    }
}
