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
import org.pekkochannels.http1.RequestHead;
import org.pekkochannels.http1.RequestTarget;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.proxy.TrustedProxies;

/** Converts a request of Pekko HTTP, usually for an upgrade, to a scope. */
final class ScopeFactory {
    private ScopeFactory() {}

    /**
     * The scope of a request; fails with {@link IllegalArgumentException} if it cannot have one.
     *
     * @param head the request's head
     * @param rest the part of its path that no directive has matched
     */
    static Scope of(HttpRequest request, RequestHead head, String rest, TrustedProxies proxies) {
        Uri uri = request.getUri();
        TrustedProxies.Origin origin =
                proxies.origin(client(request), webSocketScheme(uri.getScheme()), head.headers());
        return origin.describe(new Scope(
                origin.scheme(),
                path(uri.path()),
                Scope.withoutLeadingSlashes(path(rest)),
                uri.rawQueryString().orElse(""),
                head.headers(),
                head.elements("Sec-WebSocket-Protocol"),
                origin.client(),
                Optional.of(InetSocketAddress.createUnresolved(uri.host().address(), uri.port())),
                Map.of(),
                Map.of()));
    }

    /** The head as parsed by Pekko HTTP; fails with {@link IllegalArgumentException} for control characters in a value. */
    static RequestHead head(HttpRequest request) {
        return new RequestHead(
                request.method().value(),
                request.getUri().path(),
                request.protocol().value(),
                headers(request));
    }

    /** The client's scheme, {@code http} or {@code https}; {@code own} is that of its last hop. */
    static String scheme(HttpRequest request, String own, TrustedProxies proxies) {
        return proxies.networks().isEmpty() ? own : proxied(request, own, proxies);
    }

    private static String proxied(HttpRequest request, String own, TrustedProxies proxies) {
        try {
            TrustedProxies.Origin origin = proxies.origin(client(request), webSocketScheme(own), headers(request));
            return origin.scheme().equals("wss") ? "https" : "http";
        } catch (IllegalArgumentException malformed) {
            // Pekko HTTP passes headers to pages that a scope must not contain.
            return own;
        }
    }

    private static String webSocketScheme(String scheme) {
        return scheme.equals("https") || scheme.equals("wss") ? "wss" : "ws";
    }

    private static String path(String raw) {
        return RequestTarget.path(raw)
                .orElseThrow(() -> new IllegalArgumentException("path is not percent-encoded UTF-8"));
    }

    /** Without the headers that Pekko HTTP adds for the routes, such as {@code Timeout-Access}: no client has sent them. */
    private static List<Header> headers(HttpRequest request) {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(HttpHeader::renderInRequests)
                .map(header -> new Header(header.name(), header.value()))
                .toList();
    }

    /** The address that sent the request: the last proxy's, if there is one. */
    static Optional<InetSocketAddress> client(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(
                        remote -> remote.getAddress().map(address -> new InetSocketAddress(address, remote.getPort())));
    }
}
