package org.pekkochannels.identity;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedMariaDb;

/** A Django site in a real database. */
final class MariaDbDjangoSessionsTest extends DjangoSessionsContract {
    @RegisterExtension
    static final SharedMariaDb SERVER = new SharedMariaDb();

    @Override
    String url() {
        return SERVER.url();
    }

    @Override
    String dateType() {
        return "datetime(6)";
    }
}
