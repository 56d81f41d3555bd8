package org.pekkochannels.example;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedMariaDb;

/** The auctions on MariaDB. */
final class AuctionMariaDbTest extends AuctionVendorContract {
    @RegisterExtension
    static final SharedMariaDb SERVER = new SharedMariaDb();

    @Override
    String url() {
        return SERVER.url();
    }
}
