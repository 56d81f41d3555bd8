package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The contract on PostgreSQL 15. */
@EnabledIf("org.pekkochannels.layer.postgres.InstalledPostgreSql#isInstalled")
@EnabledIfSystemProperty(named = "channels.proofs", matches = "true")
final class InstalledPostgresLayerTest extends PostgresLayerContract {
    @TempDir
    static Path directory;

    private @Nullable InstalledPostgreSql server;

    @Override
    PostgresNodes nodes() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        InstalledPostgreSql created = InstalledPostgreSql.create(Files.createDirectory(directory.resolve("server")));
        server = created;
        created.start(InstalledPostgreSql.freePort());
        return new PostgresNodes(created.url());
    }

    @Override
    String url() {
        return requireNonNull(server).jdbcUrl();
    }

    @Override
    void closeServers() throws Exception {
        requireNonNull(server).close();
    }

    /** The long form is run on the newest server. */
    @Override
    protected int rounds() {
        return 100;
    }
}
