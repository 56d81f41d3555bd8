package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The auctions in real time, which decides when one is over, and with many bidders at once. */
@Tag("edge")
final class AuctionOverSocketsTest {
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
    void theTimerAnnouncesTheEndAndNothingCountsAfterIt() throws Exception {
        String auction = AuctionVisits.start(server, 1);
        try (Client ada = AuctionVisits.visit(server, auction, "Ada");
                Client bob = AuctionVisits.visit(server, auction, "Bob")) {
            AuctionVisits.value(ada, "auction");
            AuctionVisits.bid(ada, 10);
            AuctionVisits.value(ada, "bid");

            assertThat(AuctionVisits.value(ada, "ended").toString()).isEqualTo("{\"winner\":\"Ada\",\"price\":10}");
            AuctionVisits.bid(ada, 11);
            assertThat(reason(ada)).isEqualTo("The auction is over.");

            AuctionVisits.value(bob, "auction");
            AuctionVisits.value(bob, "bid");
            assertThat(AuctionVisits.value(bob, "ended").get("winner").textValue())
                    .isEqualTo("Ada");
        }
        try (Client late = AuctionVisits.visit(server, auction, "Eve")) {
            assertThat(AuctionVisits.value(late, "auction").get("millisLeft").longValue())
                    .isZero();
            assertThat(AuctionVisits.value(late, "ended").get("price").longValue())
                    .isEqualTo(10);
            AuctionVisits.bid(late, 20);
            assertThat(reason(late)).isEqualTo("The auction is over.");
        }
    }

    private static String reason(Client client) throws Exception {
        return AuctionVisits.value(client, "rejected").get("reason").textValue();
    }

    @Test
    void fiftyBiddersSeeOneRisingSequenceWhichTheDatabaseHasToo() throws Exception {
        AuctionVisits.assertOneSequence(server, 50, 2_000);
    }
}
