package org.pekkochannels.database;

/** DAOs on H2 in memory. */
final class H2SqlObjectTest extends SqlObjectContract {
    private final String url = TestDatabase.h2Url();

    @Override
    String url() {
        return url;
    }
}
