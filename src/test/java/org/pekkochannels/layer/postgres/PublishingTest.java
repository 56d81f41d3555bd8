package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Savepoint;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Outgoing;
import org.pekkochannels.layer.Position;
import org.pekkochannels.testkit.ChannelProbe;

/** What transactions publish, over two nodes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PublishingTest {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    private PostgresNodes nodes;
    private PostgresLayer one;
    private PostgresLayer other;

    @BeforeAll
    void open() throws Exception {
        nodes = new PostgresNodes(SERVER.platformUrl());
        one = nodes.open();
        other = nodes.open();
    }

    @AfterAll
    void close() {
        nodes.close();
    }

    private static Connection transaction(int isolation) throws Exception {
        Connection connection = DriverManager.getConnection(SERVER.url());
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(false);
        return connection;
    }

    private static Outgoing event(GroupName group, String text) {
        return new Outgoing(group, Event.of("text", text), null);
    }

    @Test
    void deliversWhatACommittedTransactionHasPublishedAndNothingOfOneThatIsRolledBack() throws Exception {
        GroupName group = GroupName.of("plain", "committed");
        try (Connection connection = transaction(Connection.TRANSACTION_READ_COMMITTED);
                ChannelProbe here = joined(one, group);
                ChannelProbe there = joined(other, group)) {
            one.publish(connection, List.of(event(group, "rolled back")));
            connection.rollback();
            one.publish(connection, List.of(event(group, "1"), event(group, "2")));
            connection.commit();
            one.published();

            here.expect("1", "2");
            there.expect("1", "2");
            there.expectNothing();
        }
    }

    /** Whether a group keeps history, and with one event or several, which are written by different statements. */
    @ParameterizedTest
    @CsvSource({"plain, 1", "plain, 2", "kept, 1", "kept, 2"})
    void commitsWithTheEvents(String prefix, int count) throws Exception {
        GroupName group = GroupName.of(prefix, "together" + count);
        try (Connection connection = transaction(Connection.TRANSACTION_READ_COMMITTED);
                ChannelProbe there = joined(other, group)) {
            boolean committed = one.publishAndCommit(connection, Collections.nCopies(count, event(group, "committed")));
            connection.rollback();

            assertThat(committed).isTrue();
            assertThat(there.arrived(count)).hasSize(count);
        }
    }

    private static ChannelProbe joined(PostgresLayer node, GroupName group) throws Exception {
        ChannelProbe probe = new ChannelProbe(node);
        node.groupAdd(group, probe.channel(), Position.NONE)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        return probe;
    }

    @Test
    void deliversWithoutABell() throws Exception {
        GroupName group = GroupName.of("plain", "silent");
        try (Connection connection = transaction(Connection.TRANSACTION_READ_COMMITTED);
                ChannelProbe there = joined(other, group)) {
            one.publish(connection, List.of(event(group, "1")));
            connection.commit();

            there.expect("1");
        }
    }

    @Test
    void aSavepointThatIsRolledBackTakesItsEventsWithIt() throws Exception {
        GroupName group = GroupName.of("kept", "savepoint");
        try (Connection connection = transaction(Connection.TRANSACTION_READ_COMMITTED);
                ChannelProbe there = joined(other, group)) {
            one.publish(connection, List.of(event(group, "1")));
            Savepoint savepoint = connection.setSavepoint();
            one.publish(connection, List.of(event(group, "2")));
            connection.rollback(savepoint);
            one.publish(connection, List.of(event(group, "3")));
            connection.commit();

            Event first = there.next();
            Event second = there.next();
            assertThat(List.of(first.json(), second.json())).containsExactly("\"1\"", "\"3\"");
            assertThat(number(second)).isEqualTo(number(first) + 1);
        }
    }

    private static long number(Event event) {
        return GroupPlace.of(event.position().orElseThrow()).orElseThrow().number();
    }

    @Test
    void numbersWhatASerializableTransactionHasPublished() throws Exception {
        GroupName group = GroupName.of("kept", "serializable");
        try (Connection connection = transaction(Connection.TRANSACTION_SERIALIZABLE);
                ChannelProbe there = joined(other, group)) {
            one.publish(connection, List.of(event(group, "1"), event(group, "2")));
            connection.commit();
            one.groupSend(group, Event.of("text", "3"));

            for (int i = 1; i <= 3; i++) {
                Event event = there.next();
                assertThat(event.json()).isEqualTo("\"" + i + "\"");
                assertThat(number(event)).isEqualTo(i);
            }
        }
    }

    @Test
    void replaysExactlyWhatIsCommittedAfterTheSnapshotOfAPosition() throws Exception {
        GroupName group = GroupName.of("kept", "snapshot");
        one.position(group).toCompletableFuture().get(30, TimeUnit.SECONDS);
        try (Connection reading = transaction(Connection.TRANSACTION_REPEATABLE_READ);
                Connection before = transaction(Connection.TRANSACTION_READ_COMMITTED);
                Connection after = transaction(Connection.TRANSACTION_READ_COMMITTED);
                ChannelProbe late = new ChannelProbe(other)) {
            one.publish(before, List.of(event(group, "before")));
            before.commit();
            Position position = one.position(reading, group);
            one.publish(after, List.of(event(group, "after")));
            after.commit();

            assertThat(one.position(reading, group)).isEqualTo(position);
            assertThat(other.groupAdd(group, late.channel(), position)
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .recovered())
                    .isTrue();
            late.expect("after");
            late.expectNothing();
        }
    }

    @Test
    void positionsOutliveAllNodes() throws Exception {
        GroupName group = GroupName.of("kept", "restarted");
        Position since = one.position(group).toCompletableFuture().get(30, TimeUnit.SECONDS);
        try (PostgresNodes earlier = new PostgresNodes(SERVER.platformUrl())) {
            earlier.open()
                    .groupSend(group, Event.of("text", "1"))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }

        try (PostgresNodes later = new PostgresNodes(SERVER.platformUrl())) {
            PostgresLayer node = later.open();
            try (ChannelProbe probe = new ChannelProbe(node)) {
                assertThat(node.groupAdd(group, probe.channel(), since)
                                .toCompletableFuture()
                                .get(30, TimeUnit.SECONDS)
                                .recovered())
                        .isTrue();
                probe.expect("1");
            }
        }
    }

    @Test
    void aChannelInTwoGroupsReceivesTheEventsOfATransactionInTheOrderOfTheCalls() throws Exception {
        GroupName last = GroupName.of("kept", "z");
        GroupName first = GroupName.of("kept", "a");
        try (Connection connection = transaction(Connection.TRANSACTION_READ_COMMITTED);
                ChannelProbe both = joined(other, last)) {
            other.groupAdd(first, both.channel()).toCompletableFuture().get(30, TimeUnit.SECONDS);
            one.publish(
                    connection,
                    List.of(
                            event(last, "1"),
                            event(first, "2"),
                            event(GroupName.of("plain", "m"), "-"),
                            event(last, "3")));
            connection.commit();

            both.expect("1", "2", "3");
        }
    }
}
