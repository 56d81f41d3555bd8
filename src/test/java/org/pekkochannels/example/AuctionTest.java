package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The auctions as programs see them. */
@Tag("edge")
final class AuctionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aRequestStartsAnAuction() throws Exception {
        HttpResponse<String> started = post("Ada", "{\"title\":\" A lamp \",\"price\":10,\"seconds\":300}");

        JsonNode auction = JSON.readTree(started.body());
        String page = "/auctions/" + auction.get("id").textValue() + "/";
        assertThat(started.statusCode()).isEqualTo(201);
        assertThat(started.headers().firstValue("Location")).contains(page);
        assertThat(auction.get("title").textValue()).isEqualTo("A lamp");
        assertThat(auction.get("seller").textValue()).isEqualTo("Ada");
        assertThat(get(page).body())
                .contains("data-auction=\"" + auction.get("id").textValue() + "\"");
        assertThat(JSON.readTree(get("/auctions/latest").body()).get("auctions"))
                .contains(auction);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'title':'','price':1,'seconds':1} | A title is required.",
                "{'price':1,'seconds':1} | Send JSON such as",
                "{'title':null,'price':1,'seconds':1} | A title is required.",
                "{'title':'a','price':0,'seconds':1} | A price must be from 1 to 1000000000, was 0.",
                "{'title':'a','price':1,'seconds':604801} | seconds must be from 1 to 604800, was 604801.",
                "{'title':'a','seconds':1} | Send JSON such as",
                "{'title':'a','price':'1','seconds':1} | Send JSON such as",
                "{'title':'a','price':1.5,'seconds':1} | Send JSON such as",
                "{'title':'a','price':1e99,'seconds':1} | Send JSON such as",
                "{'title':'a','price':1,'seconds':1} x | Send JSON such as",
                "null | Send JSON such as",
                "[] | Send JSON such as",
                "'' | Send JSON such as",
                "{ | Send JSON such as"
            },
            quoteCharacter = '`')
    void refusesTermsThatDoNotFit(String terms, String reason) throws Exception {
        HttpResponse<String> refused = post("Ada", terms.replace('\'', '"'));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).get("error").textValue()).startsWith(reason);
    }

    @Test
    void refusesFormsOfOtherSites() throws Exception {
        HttpRequest form = HttpRequest.newBuilder(server.page("/auctions"))
                .header("Cookie", "visitor=Ada")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{\"title\":\"a\",\"price\":1,\"seconds\":1}"))
                .build();

        assertThat(Client.HTTP.send(form, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%20", "%", "%zz", "%0", "x1234567890123456789012345678901234567890"})
    void refusesAVisitorWithoutAName(String cookie) throws Exception {
        String auction = startAuction(300);

        assertThat(post(cookie, "{\"title\":\"a\",\"price\":1,\"seconds\":1}").statusCode())
                .isEqualTo(401);
        assertThat(refusal(auction, cookie)).isEqualTo(401);
    }

    @Test
    void refusesAnUnknownAuction() throws Exception {
        String unknown = "00000000-0000-0000-0000-000000000000";

        assertThat(refusal(unknown, "Ada")).isEqualTo(404);
        assertThat(get("/auctions/" + unknown + "/").statusCode()).isEqualTo(404);
        assertThat(get("/auctions/lamp/").statusCode()).isEqualTo(404);
    }

    @Test
    void everyVisitorSeesEachBid() throws Exception {
        String auction = startAuction(300);
        try (Client ada = visit(auction, "Ada%20%E2%98%83");
                Client bob = visit(auction, "Bob")) {
            assertThat(value(ada, "auction").get("you").textValue()).isEqualTo("Ada ☃");
            value(bob, "auction");

            bid(ada, 10);
            JsonNode first = value(bob, "bid");
            bid(bob, 25);

            assertThat(first.get("bidder").textValue()).isEqualTo("Ada ☃");
            assertThat(first.get("amount").longValue()).isEqualTo(10);
            assertThat(value(ada, "bid")).isEqualTo(first);
            assertThat(value(ada, "bid").get("number").intValue()).isEqualTo(2);
            assertThat(value(bob, "bid").get("bidder").textValue()).isEqualTo("Bob");
        }
        try (Client late = visit(auction, "Eve")) {
            JsonNode state = value(late, "auction");
            assertThat(state.at("/auction/price").longValue()).isEqualTo(25);
            assertThat(state.at("/auction/bidder").textValue()).isEqualTo("Bob");
            assertThat(state.get("bids")).hasSize(2);
        }
    }

    @Test
    void aBidThatDoesNotFitIsRejectedAndTheNextOneCounts() throws Exception {
        String auction = startAuction(300);
        try (Client ada = visit(auction, "Ada")) {
            value(ada, "auction");
            bid(ada, 9);
            bid(ada, 10);
            bid(ada, 10);
            bid(ada, 0);
            bid(ada, 1_000_000_001);
            ada.send("{\"type\":\"bid\",\"amount\":1.5}");
            ada.send("{\"type\":\"bid\"}");
            ada.send("{\"type\":\"steal\"}");
            bid(ada, 11);

            assertThat(reason(ada)).isEqualTo("The next bid must be at least 10.");
            assertThat(value(ada, "bid").get("amount").longValue()).isEqualTo(10);
            assertThat(reason(ada)).isEqualTo("The next bid must be at least 11.");
            assertThat(reason(ada)).isEqualTo("A bid must be from 1 to 1000000000, was 0.");
            assertThat(reason(ada)).isEqualTo("A bid must be from 1 to 1000000000, was 1000000001.");
            assertThat(reason(ada)).isEqualTo("invalid message at .amount");
            assertThat(reason(ada)).startsWith("invalid message");
            assertThat(reason(ada)).startsWith("invalid message");
            assertThat(value(ada, "bid").get("amount").longValue()).isEqualTo(11);

            ada.send("{");
            assertThat(ada.closed()).isEqualTo("1007 malformed JSON");
        }
    }

    @Test
    void theTimerAnnouncesTheEndAndNothingCountsAfterIt() throws Exception {
        String auction = startAuction(1);
        try (Client ada = visit(auction, "Ada");
                Client bob = visit(auction, "Bob")) {
            value(ada, "auction");
            bid(ada, 10);
            value(ada, "bid");

            assertThat(value(ada, "ended").toString()).isEqualTo("{\"winner\":\"Ada\",\"price\":10}");
            bid(ada, 11);
            assertThat(reason(ada)).isEqualTo("The auction is over.");

            value(bob, "auction");
            value(bob, "bid");
            assertThat(value(bob, "ended").get("winner").textValue()).isEqualTo("Ada");
        }
        try (Client late = visit(auction, "Eve")) {
            assertThat(value(late, "auction").get("millisLeft").longValue()).isZero();
            assertThat(value(late, "ended").get("price").longValue()).isEqualTo(10);
            bid(late, 20);
            assertThat(reason(late)).isEqualTo("The auction is over.");
        }
    }

    @Test
    void anAuctionOutlivesTheServer(@TempDir Path own) throws Exception {
        try (ExampleServer other = ExampleServer.start(own)) {
            String auction = AuctionVisits.start(other, 300);
            try (Client ada = AuctionVisits.visit(other, auction, "Ada")) {
                value(ada, "auction");
                bid(ada, 10);
                value(ada, "bid");
            }
            other.stop();

            other.startAgain();

            try (Client bob = AuctionVisits.visit(other, auction, "Bob")) {
                assertThat(value(bob, "auction").at("/bids/0/bidder").textValue())
                        .isEqualTo("Ada");
                bid(bob, 11);
                assertThat(value(bob, "bid").get("number").intValue()).isEqualTo(2);
            }
        }
    }

    @Test
    void fiftyBiddersSeeOneRisingSequenceWhichTheDatabaseHasToo() throws Exception {
        AuctionVisits.assertOneSequence(server, 50, 2_000);
    }

    private static String startAuction(int seconds) throws Exception {
        return AuctionVisits.start(server, seconds);
    }

    private static Client visit(String auction, String name) {
        return AuctionVisits.visit(server, auction, name);
    }

    private static void bid(Client client, long amount) {
        AuctionVisits.bid(client, amount);
    }

    private static JsonNode value(Client client, String type) throws Exception {
        return AuctionVisits.value(client, type);
    }

    private static String reason(Client client) throws Exception {
        return value(client, "rejected").get("reason").textValue();
    }

    private static int refusal(String auction, String cookie) {
        return AuctionVisits.refusal(server, auction, cookie);
    }

    private static HttpResponse<String> post(String cookie, String body) throws Exception {
        return AuctionVisits.post(server, cookie, body);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return Client.HTTP.send(HttpRequest.newBuilder(server.page(path)).build(), BodyHandlers.ofString());
    }
}
