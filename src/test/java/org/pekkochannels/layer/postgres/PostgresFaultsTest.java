package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.database.EmbeddedPostgreSql;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.layer.Outgoing;
import org.pekkochannels.layer.Position;

/** Transactions that take long, connections that end, a server that restarts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PostgresFaultsTest {
    private static final boolean PROOFS = Boolean.getBoolean("channels.proofs");

    @TempDir
    static Path directory;

    private EmbeddedPostgreSql server;
    private PostgresNodes nodes;
    private PostgresLayer one;
    private PostgresLayer other;

    @BeforeAll
    void open() throws Exception {
        server = EmbeddedPostgreSql.start(directory);
        execute("alter system set max_prepared_transactions = 10");
        server.close();
        server = server.startAgain(directory);
        nodes = new PostgresNodes(server.platformUrl());
        one = node();
        other = node();
    }

    private PostgresLayer node() throws Exception {
        return nodes.open(1_000_000, Duration.ofHours(1), System::nanoTime);
    }

    @AfterAll
    void close() throws Exception {
        nodes.close();
        server.close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Connection transaction() throws SQLException {
        Connection connection = DriverManager.getConnection(server.url());
        connection.setAutoCommit(false);
        return connection;
    }

    private static Outgoing event(GroupName group, String text) {
        return new Outgoing(group, Event.of("text", text), null);
    }

    private static void send(PostgresLayer node, GroupName group, String text) throws Exception {
        node.groupSend(group, Event.of("text", text)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** After connections were killed, a send may fail once more. */
    @AfterEach
    void awaitBothNodes() throws InterruptedException {
        for (PostgresLayer node : List.of(one, other)) {
            Received.awaitTrue(() -> !isUnavailable(node, GroupName.of("plain", "unused")));
        }
    }

    private void killConnections(String where) throws SQLException {
        execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                + " and backend_type = 'client backend' " + where);
    }

    @Test
    void aLongTransactionAndAForgottenPreparedOneDelayNothing() throws Exception {
        GroupName group = GroupName.of("plain", "long");
        try (Connection open = transaction();
                Statement statement = open.createStatement();
                Received received = Received.of(other, group)) {
            statement.execute("create table prepared (id int)");
            statement.execute("prepare transaction 'forgotten'");
            statement.execute("create table open (id int)");
            send(one, group, "1");
            received.await("1");

            assertThat(received.texts()).containsExactly("1");
            open.rollback();
        }
        execute("rollback prepared 'forgotten'");
    }

    @Test
    void eventsOfATransactionThatCommitsLateComeLateAndDelayNoOthers() throws Exception {
        GroupName group = GroupName.of("plain", "late");
        int many = 10_000;
        try (Connection open = transaction();
                Received received = Received.of(other, group)) {
            one.publish(
                    open,
                    IntStream.range(0, many)
                            .mapToObj(i -> event(group, "late " + i))
                            .toList());
            send(one, group, "early");
            received.await("early");
            assertThat(received.texts()).containsExactly("early");

            open.commit();
            one.published();
            received.await("late " + (many - 1));

            assertThat(received.texts()).hasSize(many + 1);
            assertThat(received.texts().subList(1, many + 1))
                    .isEqualTo(
                            IntStream.range(0, many).mapToObj(i -> "late " + i).toList());
        }
    }

    @Test
    void aTransactionThatDoesNotEndHoldsUpNoOtherGroup() throws Exception {
        GroupName stuck = GroupName.of("kept", "stuck");
        GroupName free = GroupName.of("kept", "free");
        try (Connection open = transaction();
                Received received = Received.of(other, stuck, free)) {
            one.publish(open, List.of(event(stuck, "first")));
            CompletableFuture<Done> second =
                    one.groupSend(stuck, Event.of("text", "second")).toCompletableFuture();
            send(one, free, "free");
            received.await("free");
            assertThat(received.texts()).containsExactly("free");
            second.get(30, TimeUnit.SECONDS);

            open.commit();
            received.await("second");

            assertThat(received.texts()).containsExactly("free", "first", "second");
            assertThat(received.numbers(stuck)).containsExactly(1L, 2L);
        }
    }

    @Test
    void nothingIsLostAndNothingComesTwiceWhenConnectionsAreKilled() throws Exception {
        GroupName group = GroupName.of("kept", "killed");
        try (Received received = Received.of(other, group)) {
            for (int i = 0; i < 60; i++) {
                try (Connection connection = transaction()) {
                    one.publish(connection, List.of(event(group, "" + i)));
                    connection.commit();
                }
                if (i % 10 == 5) {
                    killConnections(i % 20 == 5 ? "and query not like '%pg_notify%'" : "");
                }
            }
            received.await("59");

            assertThat(received.texts())
                    .isEqualTo(
                            IntStream.range(0, 60).mapToObj(Integer::toString).toList());
            assertThat(received.gaps()).isZero();
        }
    }

    @Test
    void survivesARestartOfTheServerWithItsChannels() throws Exception {
        GroupName group = GroupName.of("kept", "restart");
        try (Received received = Received.of(other, group)) {
            send(one, group, "before");
            received.await("before");
            Position before = received.events().get(0).position().orElseThrow();

            server.close();
            Received.awaitTrue(() -> isUnavailable(one, group));
            assertThatThrownBy(() -> send(one, group, "lost"))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(LayerUnavailableException.class);
            server = server.startAgain(directory);
            Received.awaitTrue(() -> !isUnavailable(one, group));
            send(one, group, "after");
            received.await("after");

            assertThat(received.texts()).startsWith("before").endsWith("after").doesNotHaveDuplicates();
            assertThat(received.gaps()).isZero();
            Received again = new Received(one);
            Received.awaitTrue(() -> recovers(again, group, before));
            assertThat(again.texts().get(again.texts().size() - 1)).isEqualTo("after");
        }
    }

    private static int attempts;

    private static boolean isUnavailable(PostgresLayer node, GroupName group) {
        try {
            send(node, group, "attempt " + ++attempts);
            return false;
        } catch (Exception e) {
            return true;
        }
    }

    private static boolean recovers(Received received, GroupName group, Position since) {
        try {
            return received.join(group, since).recovered();
        } catch (Exception down) {
            return false;
        }
    }

    @Test
    void beginsAnewOnAnotherServerAndReportsAGap() throws Exception {
        GroupName group = GroupName.of("kept", "restored");
        try (Received received = Received.of(other, group)) {
            send(one, group, "1");
            received.await("1");
            Position old = received.events().get(0).position().orElseThrow();

            execute("update channels_state set server = 'another'");
            killConnections("");
            Received.awaitTrue(() -> received.gaps() > 0);
            Received.awaitTrue(() -> !isUnavailable(one, group));
            send(one, group, "2");
            received.await("2");

            assertThat(received.gaps()).isPositive();
            assertThat(received.join(group, old).recovered()).isFalse();
        }
    }

    @Test
    void readsABacklogInOrderAndOnce() throws Exception {
        GroupName group = GroupName.of("plain", "backlog");
        int many = PROOFS ? 200_000 : 20_000;
        try (Received received = Received.of(other, group)) {
            execute("insert into channels_event (expires, target, type, payload, kept)"
                    + " select now() + interval '5 minutes', 'plain_backlog', 'text', convert_to('\"' || i || '\"', 'UTF8'), false"
                    + " from generate_series(1, " + many + ") i");
            received.await("" + many);

            assertThat(received.texts())
                    .isEqualTo(LongStream.rangeClosed(1, many)
                            .mapToObj(Long::toString)
                            .toList());
        }
    }

    @Test
    void countsARowThatCannotBeDeliveredAndDeliversTheNext() throws Exception {
        GroupName group = GroupName.of("plain", "skipped");
        long before = other.skipped();
        try (Received received = Received.of(other, group)) {
            execute("insert into channels_event (expires, target, type, payload, kept)"
                    + " values (now() + interval '5 minutes', 'not a name of a group', 'text', '1', false)");
            send(one, group, "1");
            received.await("1");

            assertThat(other.skipped()).isEqualTo(before + 1);
            assertThat(received.texts()).containsExactly("1");
        }
    }

    /** Such a row is read with the history of its group, too. */
    @Test
    void servesAGroupWhoseHistoryContainsARowThatCannotBeDelivered() throws Exception {
        GroupName group = GroupName.of("kept", "skipped");
        try (Received received = Received.of(other, group)) {
            send(one, group, "1");
            execute(
                    "with next as (update channels_group set top = top + 1 where name = 'kept_skipped' returning epoch, top)"
                            + " insert into channels_event (expires, target, type, payload, kept, epoch, position)"
                            + " select now() + interval '1 hour', 'kept_skipped', '_not a type', '\"2\"', true, epoch, top from next");
            send(one, group, "3");
            received.await("3");
            Position first = received.events().get(0).position().orElseThrow();
            Position last = received.events().get(1).position().orElseThrow();
            String processes = "select sum(pid) from pg_stat_activity where backend_type = 'client backend'"
                    + " and pid <> pg_backend_pid()";
            long before = number(processes);

            assertThat(received.join(group, first).recovered()).isFalse();
            assertThat(received.join(group, last).recovered()).isTrue();
            assertThat(other.history(group, 10).toCompletableFuture().get(30, TimeUnit.SECONDS))
                    .extracting(event -> event.payload(String.class))
                    .containsExactly("1", "3");
            assertThat(number(processes)).isEqualTo(before);
        }
    }

    @Test
    void isReadyAsLongAsItReadsTheEvents() throws Exception {
        try (PostgresNodes elsewhere = new PostgresNodes("postgres://postgres@127.0.0.1:1/postgres")) {
            PostgresLayer starting = elsewhere.starting(10, Duration.ofHours(1), System::nanoTime);

            assertThat(one.ready().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(30));
            assertThat(starting.ready().toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(LayerUnavailableException.class);
        }
    }

    @Test
    void deletesWhatHasExpired() throws Exception {
        GroupName group = GroupName.of("kept", "expired");
        try (Received received = Received.of(other, group)) {
            send(one, group, "1");
            received.await("1");
            execute("update channels_event set expires = now() - interval '1 day' where target = '" + group.value()
                    + "'");
            execute("update channels_state set pruned = pg_current_snapshot()");
            execute("update channels_group set expires = now() - interval '1 day' where name = '" + group.value()
                    + "'");
            Received.awaitTrue(() -> rows(group) == 0);

            assertThat(rows(group)).isZero();
        }
    }

    private long rows(GroupName group) {
        try {
            return number("select (select count(*) from channels_event where target = '" + group.value() + "')"
                    + " + (select count(*) from channels_group where name = '" + group.value() + "')");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void createsItsTablesOnceForNodesThatStartTogetherAndNamesThemWhereItMayNot() throws Exception {
        try (PostgresNodes refused = new PostgresNodes(
                        server.platformUrl(), "channels.layer.postgres { schema = elsewhere, create = off }");
                PostgresNodes creating =
                        new PostgresNodes(server.platformUrl(), "channels.layer.postgres.schema = elsewhere")) {
            assertThatThrownBy(refused::open)
                    .hasCauseInstanceOf(LayerUnavailableException.class)
                    .hasMessageContaining("create table if not exists channels_event")
                    .hasMessageContaining("elsewhere");
            List<PostgresLayer> starting = IntStream.range(0, 4)
                    .mapToObj(i -> creating.starting(10, Duration.ofHours(1), System::nanoTime))
                    .toList();
            for (PostgresLayer layer : starting) {
                layer.started().toCompletableFuture().get(30, TimeUnit.SECONDS);
            }
            GroupName group = GroupName.of("plain", "room");
            try (Received received = Received.of(starting.get(3), group)) {
                send(starting.get(0), group, "1");
                received.await("1");
                assertThat(new HashSet<>(received.texts())).containsExactly("1");
            }
        }
    }
}
