package org.pekkochannels.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A real PostgreSQL with its own port and directory, which listens on the loopback address. {@link SharedPostgreSql} is the
 * server for tests that neither stop it nor change its settings.
 */
public final class EmbeddedPostgreSql implements AutoCloseable {
    private final EmbeddedPostgres server;

    private EmbeddedPostgreSql(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts it with no data. */
    public static EmbeddedPostgreSql start() throws IOException {
        return new EmbeddedPostgreSql(builder().start());
    }

    /** Starts it with no data, and with settings of its own. */
    public static EmbeddedPostgreSql start(Map<String, String> settings) throws IOException {
        EmbeddedPostgres.Builder builder = builder();
        settings.forEach(builder::setServerConfig);
        return new EmbeddedPostgreSql(builder.start());
    }

    /** Starts it with the data of a directory, or none yet, which it keeps. */
    public static EmbeddedPostgreSql start(Path data) throws IOException {
        return new EmbeddedPostgreSql(persistent(data).start());
    }

    /** Starts it once more, where it was, with the data of that directory. */
    public EmbeddedPostgreSql startAgain(Path data) throws IOException {
        return new EmbeddedPostgreSql(persistent(data).setPort(port()).start());
    }

    public int port() {
        return server.getPort();
    }

    /** As JDBC has it. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres?user=postgres";
    }

    /** As platforms give it. */
    public String platformUrl() {
        return "postgres://postgres@127.0.0.1:" + port() + "/postgres";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static EmbeddedPostgres.Builder persistent(Path data) {
        return builder().setDataDirectory(data.resolve("data")).setCleanDataDirectory(false);
    }

    private static EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1");
    }
}
