package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.database.PgBouncer;
import org.pekkochannels.database.SharedPostgreSql;

/** The contract through a pooler; only what listens goes past it. */
@EnabledIf("org.pekkochannels.database.PgBouncer#isInstalled")
@EnabledIfSystemProperty(named = "channels.proofs", matches = "true")
final class PooledPostgresLayerTest extends PostgresLayerContract {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    @TempDir
    static Path directory;

    private @Nullable PgBouncer pooler;

    @Override
    PostgresNodes nodes() throws Exception {
        PgBouncer started = PgBouncer.start(directory, SERVER, 4);
        pooler = started;
        String direct = SERVER.platformUrl();
        String pooled = direct.replaceFirst(":[0-9]+/", ":" + started.port() + "/") + "?prepareThreshold=0";
        return new PostgresNodes(pooled, "channels.layer.postgres.listen-url = \"" + direct + "\"");
    }

    @Override
    String url() {
        return SERVER.url();
    }

    @Override
    void closeServers() {
        requireNonNull(pooler).close();
    }

    /** The long form is run on the newest server. */
    @Override
    protected int rounds() {
        return 100;
    }
}
