package org.pekkochannels.example.auction;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.entity;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.onSuccess;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.redirectToTrailingSlashIfMissing;
import static org.apache.pekko.http.javadsl.server.Directives.reject;
import static org.apache.pekko.http.javadsl.server.PathMatchers.uuidSegment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Location;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.database.Database;
import org.pekkochannels.example.JsonApi;
import org.pekkochannels.example.Pages;

/**
 * The auctions' pages and their API: {@code /auctions/} lists them, {@code /auctions/<id>/} is one, {@code GET /auctions/latest} is the list
 * as JSON, and {@code POST /auctions} starts one. Thread-safe.
 */
public final class AuctionPages {
    private static final int LISTED = 100;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Database database;

    /**
     * The pages of one actor system.
     *
     * @param system the actor system
     */
    public AuctionPages(ActorSystem<?> system) {
        database = Database.get(system);
    }

    /**
     * The pages and the API.
     *
     * @return the route, which rejects all other paths
     */
    public Route route() {
        return pathPrefix(
                "auctions",
                () -> concat(
                        pathEnd(() -> post(() ->
                                Bidder.required(seller -> entity(JsonApi.TEXT, text -> start(seller, text))))),
                        get(() -> path("latest", this::latest)),
                        get(() -> redirectToTrailingSlashIfMissing(
                                StatusCodes.MOVED_PERMANENTLY,
                                () -> concat(
                                        pathSingleSlash(AuctionPages::index),
                                        path(uuidSegment().slash(), this::auction))))));
    }

    private static Route index() {
        return Pages.page(
                "auctions.html",
                Map.of(
                        "max-title", String.valueOf(NewAuction.MAX_TITLE),
                        "max-amount", String.valueOf(Bid.MAX_AMOUNT),
                        "max-name", String.valueOf(Bidder.MAX_NAME)));
    }

    private Route auction(UUID id) {
        return onSuccess(
                database.withHandle(handle -> Auctions.find(handle, id.toString())),
                found -> found.map(auction -> Pages.page(
                                "auction.html",
                                Map.of(
                                        "id", auction.id(),
                                        "max-amount", String.valueOf(Bid.MAX_AMOUNT),
                                        "max-name", String.valueOf(Bidder.MAX_NAME))))
                        .orElseGet(() -> reject()));
    }

    private record Latest(long now, List<Auction> auctions) {}

    private Route latest() {
        return onSuccess(
                database.withHandle(handle -> Auctions.latest(handle, LISTED)),
                auctions ->
                        complete(JsonApi.response(StatusCodes.OK, new Latest(System.currentTimeMillis(), auctions))));
    }

    private Route start(String seller, String text) {
        NewAuction terms;
        try {
            terms = terms(text);
        } catch (JsonProcessingException e) {
            return complete(JsonApi.badRequest(e, "{\"title\": \"A lamp\", \"price\": 10, \"seconds\": 300}"));
        }
        return onSuccess(
                database.inTransaction(handle -> Auctions.start(handle, terms, seller, System.currentTimeMillis())),
                AuctionPages::started);
    }

    private static NewAuction terms(String text) throws JsonProcessingException {
        NewAuction terms = JSON.readValue(text, NewAuction.class);
        if (terms == null) { // the JSON null
            throw MismatchedInputException.from(null, NewAuction.class, "null");
        }
        return terms;
    }

    private static Route started(Auction auction) {
        return complete(JsonApi.response(StatusCodes.CREATED, auction)
                .addHeader(Location.create("/auctions/" + auction.id() + "/")));
    }
}
