package org.pekkochannels.database;

/** Batches on H2 in memory. */
final class H2BatchTest extends BatchContract {
    private final String url = TestDatabase.h2Url();

    @Override
    String url() {
        return url;
    }
}
