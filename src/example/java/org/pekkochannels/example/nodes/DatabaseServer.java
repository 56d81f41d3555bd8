package org.pekkochannels.example.nodes;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;

/**
 * An empty PostgreSQL as a child process of {@link TwoNodes}. It is a separate process so that the server ends, and its files are
 * removed, also when the parent is killed.
 */
public final class DatabaseServer {
    static final String READY = "PostgreSQL ";

    private DatabaseServer() {}

    /**
     * Starts the server, and prints its URL. It stops with the parent.
     *
     * @param args ignored
     * @throws IOException if it cannot be started
     */
    public static void main(String[] args) throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .start();
        ParentWatch.start();
        System.out.println(READY + "postgres://postgres@127.0.0.1:" + server.getPort() + "/postgres");
    }
}
