package org.pekkochannels.database;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** A real MySQL, on a port and in a directory of its own, by the program that Presto's tests have published. */
final class EmbeddedMySql implements AutoCloseable {
    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
    private static final Path HOME = Path.of("target", "mysql").toAbsolutePath();
    private static final boolean AVAILABLE = EmbeddedMariaDb.isAvailable() && runs();

    private final ServerDirectory directory;
    private final int port;
    private ServerProcess process;

    private EmbeddedMySql(ServerDirectory directory, int port) throws IOException {
        this.directory = directory;
        this.port = port;
        this.process = launch();
    }

    /** Whether the program runs on this machine. */
    static boolean isAvailable() {
        return AVAILABLE;
    }

    /** Starts it with no data; its programs are unpacked once, below {@code target}. */
    static EmbeddedMySql start() throws IOException {
        ServerDirectory directory = ServerDirectory.create("mysql");
        // Not root, whose password is no test of how a URL is read.
        Files.writeString(init(directory), """
                create database if not exists test;
                create user if not exists app identified with mysql_native_password by 'any@thing';
                grant all on *.* to app;
                """);
        ServerProcess.run(command(directory, "--initialize-insecure"));
        return new EmbeddedMySql(directory, ServerProcess.freePort());
    }

    /** As platforms give it, without TLS, whose handshakes would take most of the time of tests with a new pool each. */
    String platformUrl() {
        return "mysql://app:any%40thing@127.0.0.1:" + port + "/test?ssl-mode=DISABLED";
    }

    /** Does something while the server is stopped, and starts it once more with the data that it has. */
    <T> T whileStopped(Supplier<T> task) throws IOException {
        process.stop();
        try {
            return task.get();
        } finally {
            process = launch();
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        directory.close();
    }

    private ServerProcess launch() throws IOException {
        return ServerProcess.start(
                command(
                        directory,
                        "--init-file=" + init(directory),
                        "--socket=" + directory.path().resolve("socket"),
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--mysqlx=off"),
                "ready for connections");
    }

    private static Path init(ServerDirectory directory) {
        return directory.path().resolve("init.sql");
    }

    private static List<String> command(ServerDirectory directory, String... options) {
        List<String> command = new ArrayList<>(List.of(
                program().toString(),
                "--no-defaults",
                "--basedir=" + HOME,
                "--datadir=" + directory.path().resolve("data")));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(List.of(options));
        return command;
    }

    private static Path program() {
        return HOME.resolve("bin/mysqld");
    }

    // It wants a library, libaio, that not every machine has.
    private static boolean runs() {
        try {
            ServerProcess.run(List.of(
                    BuildLock.whileHeld("mysql", EmbeddedMySql::unpacked).toString(), "--version"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path unpacked() throws IOException {
        if (Files.exists(program())) {
            return program();
        }
        Files.createDirectories(HOME);
        Path archive = HOME.resolve("archive");
        try (InputStream in = Objects.requireNonNull(EmbeddedMySql.class.getResourceAsStream(ARCHIVE))) {
            Files.copy(in, archive, StandardCopyOption.REPLACE_EXISTING);
        }
        ServerProcess.run(List.of("tar", "-xzf", archive.toString(), "-C", HOME.toString()));
        return program();
    }
}
