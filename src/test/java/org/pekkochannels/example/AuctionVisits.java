package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** What tests of the auctions do: start one, visit it, bid, and compare what all visitors have seen. */
final class AuctionVisits {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AuctionVisits() {}

    /** Starts an auction with a first price of 10; its id. */
    static String start(ExampleServer server, int seconds) throws Exception {
        HttpResponse<String> started =
                post(server, "Seller", "{\"title\":\"A lamp\",\"price\":10,\"seconds\":" + seconds + "}");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        return JSON.readTree(started.body()).get("id").textValue();
    }

    static HttpResponse<String> post(ExampleServer server, String cookie, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.page("/auctions"))
                .header("Cookie", "visitor=" + cookie)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return Client.HTTP.send(request, BodyHandlers.ofString());
    }

    static Client visit(ExampleServer server, String auction, String cookie) {
        return Client.open(
                Client.HTTP.newWebSocketBuilder().header("Cookie", "visitor=" + cookie),
                server.socket("/ws/auction/" + auction + "/"));
    }

    static void bid(Client client, long amount) {
        client.send("{\"type\":\"bid\",\"amount\":" + amount + "}");
    }

    /** The value of the next frame, which must be of a type. */
    static JsonNode value(Client client, String type) throws Exception {
        JsonNode frame = client.json();
        assertThat(frame.get("type").textValue()).as(frame.toString()).isEqualTo(type);
        return frame.get("value");
    }

    /** Many bid at once, each as often as all others: all see the same bids in the same order, which the database has too. */
    static void assertOneSequence(ExampleServer server, int bidders, int bids) throws Exception {
        String auction = start(server, 600);
        Map<String, Client> clients = new HashMap<>();
        for (int i = 0; i < bidders; i++) {
            String name = "bidder-" + i;
            clients.put(name, visit(server, auction, name));
            value(clients.get(name), "auction");
        }

        AtomicLong price = new AtomicLong(10);
        for (int i = 0; i < bids / bidders; i++) {
            clients.values().forEach(client -> bid(client, price.getAndIncrement()));
        }

        Map<String, List<JsonNode>> seen = new HashMap<>();
        int accepted = 0;
        for (Map.Entry<String, Client> each : clients.entrySet()) {
            List<JsonNode> placed = new ArrayList<>();
            accepted += readOutcomes(each.getKey(), each.getValue(), bids / bidders, placed);
            seen.put(each.getKey(), placed);
        }
        for (Map.Entry<String, Client> each : clients.entrySet()) {
            List<JsonNode> placed = Objects.requireNonNull(seen.get(each.getKey()));
            while (placed.size() < accepted) {
                placed.add(value(each.getValue(), "bid"));
            }
            each.getValue().close();
        }

        List<Placed> stored = stored(server, auction);
        assertThat(stored).hasSize(accepted);
        assertThat(stored.stream().map(Placed::number))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, accepted).boxed().toList());
        assertThat(stored.stream().map(Placed::amount)).isSorted().doesNotHaveDuplicates();
        assertThat(seen.values())
                .allSatisfy(placed -> assertThat(
                                placed.stream().map(AuctionVisits::placed).toList())
                        .isEqualTo(stored));
    }

    /** One bid, as clients see it and as the database has it. */
    private record Placed(int number, String bidder, long amount) {}

    private static Placed placed(JsonNode bid) {
        return new Placed(
                bid.get("number").intValue(),
                bid.get("bidder").textValue(),
                bid.get("amount").longValue());
    }

    private static List<Placed> stored(ExampleServer server, String auction) {
        return server.database()
                .withHandle(handle -> handle.select(
                                "select number, bidder, amount from auction_bid where auction_id = ? order by number",
                                auction)
                        .map((row, context) -> new Placed(row.getInt(1), row.getString(2), row.getLong(3)))
                        .list())
                .toCompletableFuture()
                .join();
    }

    /** Reads until each of a client's bids was accepted or rejected; the number of accepted ones. */
    private static int readOutcomes(String name, Client client, int bids, List<JsonNode> placed) throws Exception {
        int own = 0;
        int rejected = 0;
        while (own + rejected < bids) {
            JsonNode frame = client.json();
            if (frame.get("type").textValue().equals("rejected")) {
                rejected++;
            } else {
                placed.add(frame.get("value"));
                own += frame.at("/value/bidder").textValue().equals(name) ? 1 : 0;
            }
        }
        return own;
    }
}
