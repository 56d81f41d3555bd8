package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

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
            String auction = AuctionVisits.start(server, 1);
            try (Client ada = AuctionVisits.visit(server, auction, "Ada")) {
                AuctionVisits.value(ada, "auction");
                AuctionVisits.bid(ada, 10);
                AuctionVisits.value(ada, "bid");

                assertThat(AuctionVisits.value(ada, "ended").toString()).isEqualTo("{\"winner\":\"Ada\",\"price\":10}");
            }
        }
    }
}
