package org.pekkochannels.layer.postgres;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of the system's package, with the programs that the embedded one lacks: Debian's 15. */
final class InstalledPostgreSql implements AutoCloseable {
    private static final File PROGRAMS = new File("/usr/lib/postgresql/15/bin");

    private final Path data;
    private int port;

    private InstalledPostgreSql(Path data) {
        this.data = data;
    }

    /** For {@code @EnabledIf}. */
    static boolean isInstalled() {
        return new File(PROGRAMS, "pg_basebackup").canExecute();
    }

    static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** A server without data. */
    static InstalledPostgreSql create(Path directory) throws IOException {
        InstalledPostgreSql server = in(directory);
        run("initdb", "-A", "trust", "-U", "postgres", "-D", server.data.toString());
        return server;
    }

    /** A copy of this one, which follows it as a standby. */
    InstalledPostgreSql standby(Path directory) throws IOException {
        InstalledPostgreSql standby = in(directory);
        run(
                "pg_basebackup",
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-U",
                "postgres",
                "-R",
                "-c",
                "fast",
                "-D",
                standby.data.toString());
        return standby;
    }

    // The server refuses to run as root.
    private static InstalledPostgreSql in(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        return new InstalledPostgreSql(directory.resolve("data"));
    }

    void start(int at) throws IOException {
        port = at;
        String options = "-p " + port + " -k " + data.getParent() + " -c listen_addresses=127.0.0.1";
        control("start", "-l", data.resolveSibling("log").toString(), "-o", options);
    }

    void promote() throws IOException {
        control("promote");
    }

    /** As a crash would. */
    void stop() throws IOException {
        control("stop", "-m", "immediate");
    }

    /** Writes its database to a file, which {@link #restore} reads. */
    void dump(Path file) throws IOException {
        run("pg_dump", "-h", "127.0.0.1", "-p", "" + port, "-U", "postgres", "-f", file.toString(), "postgres");
    }

    void restore(Path file) throws IOException {
        run("psql", "-q", "-h", "127.0.0.1", "-p", "" + port, "-U", "postgres", "-f", file.toString(), "postgres");
    }

    private void control(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("-w", "-D", data.toString()));
        all.addAll(List.of(words));
        run("pg_ctl", all.toArray(String[]::new));
    }

    private static void run(String program, String... words) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(new File(PROGRAMS, program).getPath());
        command.addAll(List.of(words));
        Path output = Files.createTempFile("postgres", ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.onExit().orTimeout(60, TimeUnit.SECONDS).join().exitValue() != 0) {
            throw new IllegalStateException(command + ": " + Files.readString(output, StandardCharsets.UTF_8));
        }
        Files.delete(output);
    }

    /** The first column of the only row. */
    String text(String query) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    String url() {
        return "postgres://postgres@127.0.0.1:" + port + "/postgres";
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(data.resolve("postmaster.pid"))) {
            stop();
        }
    }
}
