package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Presence;

/** Nodes that are killed as {@code kill -9} does, as another node sees it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KilledNodesTest {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    private static final int KILLS = Boolean.getBoolean("channels.proofs") ? 20 : 2;

    private PostgresNodes nodes;
    private PostgresLayer survivor;

    @BeforeAll
    void open() throws Exception {
        nodes = new PostgresNodes(SERVER.platformUrl());
        survivor = nodes.open(1_000_000, Duration.ofHours(1), System::nanoTime);
        try (Connection connection = DriverManager.getConnection(SERVER.url());
                Statement statement = connection.createStatement()) {
            statement.execute("create table said (text text primary key)");
        }
    }

    @AfterAll
    void close() {
        nodes.close();
    }

    private static Process start(WritingNode.Work work, String prefix) throws IOException {
        Process node = new ProcessBuilder(ChildJvm.command(
                        WritingNode.class.getName(), SERVER.url(), SERVER.platformUrl(), work.name(), prefix))
                .redirectErrorStream(true)
                .start();
        awaitReady(node.inputReader(StandardCharsets.UTF_8));
        return node;
    }

    private static void awaitReady(BufferedReader output) throws IOException {
        List<String> before = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(WritingNode.READY)) {
                return;
            }
            before.add(line);
        }
        throw new AssertionError("the node has ended: " + before);
    }

    private static void kill(Process node) {
        node.destroyForcibly().onExit().join();
    }

    private static Set<String> committed() {
        try (Connection connection = DriverManager.getConnection(SERVER.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select array_agg(text) from said")) {
            row.next();
            return Set.of((String[]) row.getArray(1).getArray());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatWasCommittedBeforeAKillIsDeliveredOnceAndNothingElse() throws Exception {
        Random random = new Random(1);
        try (Received received = Received.of(survivor, WritingNode.GROUP)) {
            for (int kill = 0; kill < KILLS; kill++) {
                Process node = start(WritingNode.Work.WRITE, "kill " + kill + ": ");
                int enough = received.events().size() + 100 + random.nextInt(100);
                Received.awaitTrue(() -> received.events().size() >= enough);
                kill(node);
            }
            Received.awaitTrue(() -> Set.copyOf(received.texts()).equals(committed()));

            assertThat(received.texts()).containsExactlyInAnyOrderElementsOf(committed());
            assertThat(received.texts()).hasSizeGreaterThan(KILLS * 100);
            assertThat(numbers(received)).isEqualTo(followOn(numbers(received)));
            assertThat(received.gaps()).isZero();
        }
    }

    private static List<Long> numbers(Received received) {
        return received.numbers(WritingNode.GROUP);
    }

    private static List<Long> followOn(List<Long> numbers) {
        return LongStream.range(numbers.get(0), numbers.get(0) + numbers.size())
                .boxed()
                .toList();
    }

    @Test
    void whatWasCommittedIsDeliveredWithoutTheBellOfTheKilledNode() throws Exception {
        try (Received received = Received.of(survivor, WritingNode.GROUP)) {
            kill(start(WritingNode.Work.COMMIT, "silent"));

            received.await("silent");
            assertThat(received.texts()).containsExactly("silent");
        }
    }

    /** Takes the time after which a node counts as crashed, and the grace. */
    @Test
    @EnabledIfSystemProperty(named = "channels.proofs", matches = "true")
    void thePresenceOfAKilledNodeEndsOnce() throws Exception {
        Process node = start(WritingNode.Work.ENTER, "user ");
        List<String> users = IntStream.range(0, 10).mapToObj(i -> "user " + i).toList();
        try (Received watcher = Received.of(survivor, WritingNode.GROUP)) {
            survivor.presence().watch(WritingNode.GROUP, watcher.channel());
            Received.awaitTrue(() -> joined(watcher).containsAll(users));

            kill(node);
            Received.awaitTrue(() -> left(watcher).containsAll(users));

            assertThat(joined(watcher)).containsExactlyInAnyOrderElementsOf(users);
            assertThat(left(watcher)).containsExactlyInAnyOrderElementsOf(users);
        } finally {
            kill(node);
        }
    }

    private static List<String> joined(Received watcher) {
        return diffs(watcher).stream()
                .flatMap(diff -> diff.joins().keySet().stream())
                .toList();
    }

    private static List<String> left(Received watcher) {
        return diffs(watcher).stream()
                .flatMap(diff -> diff.leaves().keySet().stream())
                .toList();
    }

    private static List<Presence.Diff> diffs(Received watcher) {
        return watcher.events().stream()
                .filter((Event event) -> event.type().equals(Presence.EVENT))
                .map(Presence.Diff::of)
                .toList();
    }
}
