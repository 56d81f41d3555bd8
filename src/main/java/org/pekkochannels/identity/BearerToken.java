package org.pekkochannels.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;

/**
 * The token of a request: in {@code Authorization}, or, as browsers can set no header of a WebSocket, in an entry of the offered
 * subprotocols. Never in the query, which proxies log. Immutable.
 *
 * @param value empty if it is not a valid token, such as one of several
 * @param carriers the other subprotocols that the client offers, if the token is one of them
 */
record BearerToken(Optional<String> value, Optional<List<String>> carriers) {
    static final String SUBPROTOCOL = "channels.bearer.";
    private static final String CARRIER = "channels";
    private static final String SCHEME = "Bearer ";
    static final int MOST_CHARACTERS = 8192;

    /** The token; empty if the request has none. */
    static Optional<BearerToken> of(Scope scope) {
        List<String> tokens = scope.subprotocols().stream()
                .filter(offered -> offered.startsWith(SUBPROTOCOL))
                .map(offered -> offered.substring(SUBPROTOCOL.length()))
                .toList();
        return tokens.isEmpty()
                ? ofHeader(scope)
                : Optional.of(new BearerToken(only(tokens), Optional.of(carriers(scope))));
    }

    private static Optional<BearerToken> ofHeader(Scope scope) {
        List<String> tokens = scope.headers().stream()
                .filter(header -> header.is("Authorization"))
                .map(Header::value)
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .toList();
        return tokens.isEmpty() ? Optional.empty() : Optional.of(new BearerToken(only(tokens), Optional.empty()));
    }

    private static Optional<String> only(List<String> tokens) {
        return tokens.size() == 1 && !tokens.get(0).isEmpty() && tokens.get(0).length() <= MOST_CHARACTERS
                ? Optional.of(tokens.get(0))
                : Optional.empty();
    }

    private static List<String> carriers(Scope scope) {
        List<String> others = new ArrayList<>(scope.subprotocols());
        others.removeIf(offered -> offered.startsWith(SUBPROTOCOL));
        return List.copyOf(others);
    }

    /** Whether the browser would reject each answer, because only the token could be selected. */
    boolean isAlone() {
        return carriers.filter(List::isEmpty).isPresent();
    }

    /** The scope for the application, without the token. */
    Scope removedFrom(Scope scope) {
        if (carriers.isEmpty()) {
            return scope;
        }
        List<Header> headers = scope.headers().stream()
                .filter(header -> !header.is("Sec-WebSocket-Protocol"))
                .toList();
        List<Header> all = new ArrayList<>(headers);
        all.add(new Header("Sec-WebSocket-Protocol", String.join(", ", carriers.get())));
        return scope.withHeaders(all)
                .withSubprotocols(carriers.get())
                .withAttribute(Scope.DEFAULT_SUBPROTOCOL, carrier(carriers.get()));
    }

    private static String carrier(List<String> offered) {
        return offered.contains(CARRIER) ? CARRIER : offered.get(0);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "BearerToken[" + (value.isPresent() ? "one" : "invalid") + "]";
    }
}
