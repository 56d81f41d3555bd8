package org.pekkochannels.example;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedMySql;

/** The auctions on MySQL. */
final class AuctionMySqlTest extends AuctionVendorContract {
    @RegisterExtension
    static final SharedMySql SERVER = new SharedMySql();

    @Override
    String url() {
        return SERVER.url();
    }
}
