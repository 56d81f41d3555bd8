package org.pekkochannels.example.auction;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.optionalCookie;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.HttpCookiePair;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.example.Text;
import org.pekkochannels.middleware.Middleware;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.Refusal;

/**
 * The name of a visitor, from the cookie {@code visitor}, which the auctions' pages set. The value is percent-encoded UTF-8. It proves
 * nothing: any client may send any name. An application with money has logins.
 */
public final class Bidder {
    /** The name, in the scope of consumers. */
    static final Attribute<String> NAME = new Attribute<>("bidder", String.class);
    /** As in the chat. */
    static final int MAX_NAME = 40;

    private static final String COOKIE = "visitor";
    private static final String REQUIRED = "set the cookie " + COOKIE + " to a name of 1-" + MAX_NAME + " characters";

    private Bidder() {}

    /**
     * Refuses WebSockets without a name with 401.
     *
     * @return the middleware
     */
    public static UnaryOperator<Application> required() {
        return Middleware.require(
                NAME,
                scope -> CompletableFuture.completedFuture(scope.cookie(COOKIE).flatMap(Bidder::name)),
                Refusal.of(401, REQUIRED));
    }

    /** Answers requests without a name with 401. */
    static Route required(Function<String, Route> named) {
        return optionalCookie(
                COOKIE,
                cookie -> cookie.map(HttpCookiePair::value)
                        .flatMap(Bidder::name)
                        .map(named)
                        .orElseGet(() -> complete(StatusCodes.UNAUTHORIZED, REQUIRED)));
    }

    private static Optional<String> name(String cookie) {
        try {
            String name = Text.storable(URLDecoder.decode(cookie, StandardCharsets.UTF_8))
                    .strip();
            return Optional.of(name).filter(text -> !text.isEmpty() && text.length() <= MAX_NAME);
        } catch (IllegalArgumentException e) { // not percent-encoded
            return Optional.empty();
        }
    }
}
