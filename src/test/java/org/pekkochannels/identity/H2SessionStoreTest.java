package org.pekkochannels.identity;

/** Sessions in H2. */
final class H2SessionStoreTest extends SessionStoreContract {
    @Override
    String url() {
        return "jdbc:h2:mem:sessions;DB_CLOSE_DELAY=-1";
    }
}
