package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** The auctions on one more database. */
abstract class AuctionVendorContract {
    abstract String url();

    @Test
    void biddersSeeOneRisingSequenceWhichTheDatabaseHasToo() throws Exception {
        try (ExampleServer server = ExampleServer.startAuctions(url())) {
            AuctionVisits.assertOneSequence(server, 10, 100);
        }
    }

    @Test
    void anAuctionEnds() throws Exception {
        try (ExampleServer server = ExampleServer.startAuctions(url())) {
            String outcome = outcome(server, 1);
            // On a busy machine the bid may come after the end.
            for (int seconds = 2; seconds <= 16 && outcome.contains("\"winner\":\"\""); seconds *= 2) {
                outcome = outcome(server, seconds);
            }

            assertThat(outcome).isEqualTo("{\"winner\":\"Ada\",\"price\":10}");
        }
    }

    private static String outcome(ExampleServer server, int seconds) throws Exception {
        String auction = AuctionVisits.start(server, seconds);
        try (Client ada = AuctionVisits.visit(server, auction, "Ada")) {
            AuctionVisits.value(ada, "auction");
            AuctionVisits.bid(ada, 10);
            JsonNode next = ada.json();
            return next.get("type").textValue().equals("bid")
                    ? AuctionVisits.value(ada, "ended").toString()
                    : next.get("value").toString();
        }
    }
}
