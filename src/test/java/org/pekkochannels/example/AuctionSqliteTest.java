package org.pekkochannels.example;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The auctions on SQLite, which has no row locks. */
final class AuctionSqliteTest extends AuctionVendorContract {
    @TempDir
    private Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("auctions.db");
    }
}
