package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.database.PgBouncer;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerUnavailableException;

/** A pooler that shares sessions between its clients. */
@EnabledIf("org.pekkochannels.database.PgBouncer#isInstalled")
final class PoolerTest {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    @Test
    void namesTheKeyOfAListenUrlOfAnotherDatabase() {
        PostgresNodes nodes =
                new PostgresNodes(SERVER.platformUrl(), "channels.layer.postgres.listen-url = \"jdbc:h2:mem:other\"");

        assertThatThrownBy(nodes::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'channels.layer.postgres.listen-url'")
                .hasMessageContaining("must be a URL of PostgreSQL");
    }

    @Test
    void refusesToListenThroughAPoolerAndNamesTheCure(@TempDir Path directory) throws Exception {
        try (PgBouncer pooler = PgBouncer.start(directory, SERVER, 4)) {
            String pooled =
                    SERVER.platformUrl().replaceFirst(":[0-9]+/", ":" + pooler.port() + "/") + "?prepareThreshold=0";
            try (PostgresNodes nodes = new PostgresNodes(pooled);
                    PostgresNodes past = new PostgresNodes(
                            pooled, "channels.layer.postgres.listen-url = \"" + SERVER.platformUrl() + "\"")) {
                assertThatThrownBy(nodes::open)
                        .hasCauseInstanceOf(LayerUnavailableException.class)
                        .hasMessageContaining("channels.layer.postgres.listen-url");

                PostgresLayer node = past.open();
                GroupName group = GroupName.of("kept", "pooled");
                try (Received received = Received.of(node, group)) {
                    for (int i = 0; i < 20; i++) {
                        node.groupSend(group, Event.of("text", "" + i))
                                .toCompletableFuture()
                                .get(30, TimeUnit.SECONDS);
                    }
                    received.await("19");
                    assertThat(received.texts()).hasSize(20);
                }
            }
        }
    }
}
