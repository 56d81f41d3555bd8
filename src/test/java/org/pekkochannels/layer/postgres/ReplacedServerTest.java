package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Position;

/**
 * Another server takes the place of the log's, without its newest events. The short form, which only changes the name of the server, is in
 * {@link PostgresFaultsTest}.
 */
@EnabledIf("org.pekkochannels.layer.postgres.InstalledPostgreSql#isInstalled")
@EnabledIfSystemProperty(named = "channels.proofs", matches = "true")
final class ReplacedServerTest {
    private static final GroupName GROUP = GroupName.of("kept", "replaced");

    @TempDir
    Path directory;

    private int port;

    @BeforeEach
    void prepare() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        port = InstalledPostgreSql.freePort();
    }

    /** Puts another server in the place of the first, which has not the last event. */
    private interface Replacement {
        void run(InstalledPostgreSql first, InstalledPostgreSql second) throws Exception;
    }

    private void replace(InstalledPostgreSql first, InstalledPostgreSql second, Replacement replacement)
            throws Exception {
        try (PostgresNodes nodes = new PostgresNodes(first.url());
                PostgresNodes others = new PostgresNodes(first.url())) {
            PostgresLayer one = nodes.open();
            PostgresLayer other = others.open();
            try (Received received = Received.of(other, GROUP);
                    Received client = new Received(one)) {
                send(one, "1");
                received.await("1");
                replacement.run(first, second);
                Received.awaitTrue(() -> received.gaps() > 0);
                Received.awaitTrue(() -> isSent(one));
                send(one, "after");
                received.await("after");
                Received.awaitTrue(() -> isReading(one));
                Position lost = received.events().get(1).position().orElseThrow();

                assertThat(received.gaps()).isPositive();
                assertThat(received.texts()).startsWith("1", "lost").endsWith("after");
                assertThat(client.join(GROUP, lost).recovered()).isFalse();
            }
        }
    }

    private static void send(PostgresLayer node, String text) throws Exception {
        node.groupSend(GROUP, Event.of("text", text)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static boolean isSent(PostgresLayer node) {
        try {
            send(node, "attempt");
            return true;
        } catch (Exception unavailable) {
            return false;
        }
    }

    /** The other node may have connected again sooner. */
    private static boolean isReading(PostgresLayer node) {
        try (Received any = new Received(node)) {
            return !any.join(GROUP, Position.NONE).recovered();
        } catch (Exception unavailable) {
            return false;
        }
    }

    private Path directory(String name) throws Exception {
        return Files.createDirectory(directory.resolve(name));
    }

    /** As a node of the application. */
    private void sendTheLast(InstalledPostgreSql server) throws Exception {
        try (PostgresNodes nodes = new PostgresNodes(server.url())) {
            PostgresLayer node = nodes.open();
            try (Received received = Received.of(node, GROUP)) {
                send(node, "lost");
                received.await("lost");
            }
        }
    }

    @Test
    void beginsNewHistoriesWhenAPromotedStandbyLacksTheLastEvents() throws Exception {
        try (InstalledPostgreSql first = InstalledPostgreSql.create(directory("first"))) {
            first.start(port);
            try (InstalledPostgreSql standby = first.standby(directory("standby"))) {
                replace(first, standby, this::promote);
            }
        }
    }

    private void promote(InstalledPostgreSql first, InstalledPostgreSql standby) throws Exception {
        standby.start(InstalledPostgreSql.freePort());
        String end = first.text("select pg_current_wal_insert_lsn()");
        Received.awaitTrue(() ->
                standby.text("select pg_last_wal_replay_lsn() >= '" + end + "'").equals("t"));
        standby.stop();
        sendTheLast(first);
        first.stop();
        standby.start(port);
        standby.promote();
    }

    @Test
    void beginsNewHistoriesOnAServerThatWasRestoredFromADump() throws Exception {
        try (InstalledPostgreSql first = InstalledPostgreSql.create(directory("first"));
                InstalledPostgreSql second = InstalledPostgreSql.create(directory("second"))) {
            first.start(port);
            replace(first, second, this::restore);
        }
    }

    private void restore(InstalledPostgreSql first, InstalledPostgreSql second) throws Exception {
        Path dump = directory("dump");
        Files.setPosixFilePermissions(dump, PosixFilePermissions.fromString("rwxrwxrwx"));
        first.dump(dump.resolve("dump.sql"));
        sendTheLast(first);
        first.stop();
        second.start(InstalledPostgreSql.freePort());
        second.restore(dump.resolve("dump.sql"));
        second.stop();
        second.start(port);
    }
}
