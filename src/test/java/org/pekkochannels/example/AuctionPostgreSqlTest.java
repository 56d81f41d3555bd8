package org.pekkochannels.example;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;

/** The auctions on PostgreSQL. */
final class AuctionPostgreSqlTest extends AuctionVendorContract {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    @Override
    String url() {
        return SERVER.url();
    }
}
