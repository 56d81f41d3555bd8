package org.pekkochannels.database;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** PgBouncer in transaction mode in front of a PostgreSQL, with few connections to it that all its clients share. */
public final class PgBouncer implements AutoCloseable {
    private static final File PROGRAM = Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer")
            .map(File::new)
            .filter(File::canExecute)
            .findFirst()
            .orElse(new File("pgbouncer"));

    private final ServerProcess process;
    private final int port;

    private PgBouncer(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** For {@code @EnabledIf}. */
    public static boolean isInstalled() {
        return PROGRAM.canExecute();
    }

    /** Starts it, and returns when it listens. */
    public static PgBouncer start(Path directory, SharedPostgreSql server, int serverConnections) throws IOException {
        int port = ServerProcess.freePort();
        Path settings = directory.resolve("pgbouncer.ini");
        Files.writeString(settings, """
                [databases]
                * = host=127.0.0.1 port=%d user=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = 200
                """.formatted(server.port(), port, serverConnections));
        return new PgBouncer(ServerProcess.start(command(settings), "process up"), port);
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.close();
    }

    // It refuses to run as root, but is glad to become somebody else, who then must be able to read.
    private static List<String> command(Path settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(PROGRAM.getPath()));
        if (System.getProperty("user.name").equals("root")) {
            Files.setPosixFilePermissions(settings.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return command;
    }
}
