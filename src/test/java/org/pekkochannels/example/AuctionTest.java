package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.Response;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.TestBrowser;
import org.pekkochannels.testkit.TestEdge;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** The auctions as programs see them. */
@ChannelsTest(value = ChatServer.class, config = "include file(\"application.conf\")")
final class AuctionTest {
    private static final String JSON = "application/json";

    private final TestApplication app;

    AuctionTest(TestApplication app) {
        this.app = app;
    }

    private record Terms(String title, long price, int seconds) {}

    private record Bid(String type, long amount) {}

    @Test
    void aRequestStartsAnAuction() {
        Response started = visitor(app, "Ada").postJson("/auctions", new Terms(" A lamp ", 10, 300));

        JsonNode auction = started.json(JsonNode.class);
        String page = "/auctions/" + auction.get("id").textValue() + "/";
        assertThat(started.status()).isEqualTo(201);
        assertThat(started.header("Location")).contains(page);
        assertThat(auction.get("title").textValue()).isEqualTo("A lamp");
        assertThat(auction.get("seller").textValue()).isEqualTo("Ada");
        assertThat(app.browser().get(page).body())
                .contains("data-auction=\"" + auction.get("id").textValue() + "\"");
        assertThat(app.browser().get("/auctions/latest").json(JsonNode.class).get("auctions"))
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
    void refusesTermsThatDoNotFit(String terms, String reason) {
        Response refused = post("Ada", JSON, terms.replace('\'', '"'));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json(JsonNode.class).get("error").textValue()).startsWith(reason);
    }

    @Test
    void refusesFormsOfOtherSites() {
        assertThat(post("Ada", "text/plain", "{\"title\":\"a\",\"price\":1,\"seconds\":1}")
                        .status())
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%20", "%", "%zz", "%0", "x1234567890123456789012345678901234567890"})
    void refusesAVisitorWithoutAName(String cookie) {
        String auction = startAuction(app, 300);

        assertThat(post(cookie, JSON, "{\"title\":\"a\",\"price\":1,\"seconds\":1}")
                        .status())
                .isEqualTo(401);
        assertThat(refusal(auction, cookie)).isEqualTo(401);
    }

    @Test
    void refusesAnUnknownAuction() {
        String unknown = "00000000-0000-0000-0000-000000000000";

        assertThat(refusal(unknown, "Ada")).isEqualTo(404);
        assertThat(app.browser().get("/auctions/" + unknown + "/").status()).isEqualTo(404);
        assertThat(app.browser().get("/auctions/lamp/").status()).isEqualTo(404);
    }

    @Test
    void everyVisitorSeesEachBid() {
        String auction = startAuction(app, 300);
        WebSocketCommunicator ada = visit(app, auction, "Ada%20%E2%98%83");
        WebSocketCommunicator bob = visit(app, auction, "Bob");
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
        JsonNode late = value(visit(app, auction, "Eve"), "auction");
        assertThat(late.at("/auction/price").longValue()).isEqualTo(25);
        assertThat(late.at("/auction/bidder").textValue()).isEqualTo("Bob");
        assertThat(late.get("bids")).hasSize(2);
    }

    @Test
    void aBidThatDoesNotFitIsRejectedAndTheNextOneCounts() {
        WebSocketCommunicator ada = visit(app, startAuction(app, 300), "Ada");
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
        assertThat(ada.send("{").closed()).isEqualTo(new CloseReason(1007, "malformed JSON"));
    }

    @Test
    void anAuctionOutlivesTheServer() {
        Config kept = ConfigFactory.parseMap(Map.of(
                        "channels.database.url",
                        "jdbc:h2:mem:auction-outlives;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE"
                                + ";DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"))
                .withFallback(app.system().settings().config());
        String auction;
        try (TestApplication first = TestApplication.start(ChatServer::start, TestEdge.MEMORY, kept)) {
            auction = startAuction(first, 300);
            WebSocketCommunicator ada = visit(first, auction, "Ada");
            value(ada, "auction");
            bid(ada, 10);
            value(ada, "bid");
        }

        try (TestApplication second = TestApplication.start(ChatServer::start, TestEdge.MEMORY, kept)) {
            WebSocketCommunicator bob = visit(second, auction, "Bob");
            assertThat(value(bob, "auction").at("/bids/0/bidder").textValue()).isEqualTo("Ada");
            bid(bob, 11);
            assertThat(value(bob, "bid").get("number").intValue()).isEqualTo(2);
        }
    }

    private static TestBrowser visitor(TestApplication application, String cookie) {
        return application.browser().cookie("visitor", cookie);
    }

    /** Starts an auction with a first price of 10; its id. */
    private static String startAuction(TestApplication application, int seconds) {
        return visitor(application, "Seller")
                .postJson("/auctions", new Terms("A lamp", 10, seconds))
                .json(JsonNode.class)
                .get("id")
                .textValue();
    }

    private static WebSocketCommunicator visit(TestApplication application, String auction, String cookie) {
        return visitor(application, cookie).connect("/ws/auction/" + auction + "/");
    }

    private int refusal(String auction, String cookie) {
        return visitor(app, cookie)
                .request("/ws/auction/" + auction + "/")
                .refused()
                .status();
    }

    private Response post(String cookie, String type, String body) {
        return visitor(app, cookie).page("POST", "/auctions").body(type, body).send();
    }

    private static void bid(WebSocketCommunicator client, long amount) {
        client.sendJson(new Bid("bid", amount));
    }

    /** The value of the next frame, which must be of a type. */
    private static JsonNode value(WebSocketCommunicator client, String type) {
        JsonNode frame = client.receiveJson(JsonNode.class);
        assertThat(frame.get("type").textValue()).as(frame.toString()).isEqualTo(type);
        return frame.get("value");
    }

    private static String reason(WebSocketCommunicator client) {
        return value(client, "rejected").get("reason").textValue();
    }
}
