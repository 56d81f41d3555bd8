package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Outgoing;

/** Many transactions that end in every way: what is delivered is what the database has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PublishingChaosTest {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    private static final int WRITERS = 8;
    private static final int EACH = Boolean.getBoolean("channels.proofs") ? 1000 : 60;
    private static final GroupName FIRST = GroupName.of("kept", "first");
    private static final GroupName SECOND = GroupName.of("kept", "second");
    private static final GroupName PLAIN = GroupName.of("plain", "third");
    private static final GroupName END = GroupName.of("plain", "end");

    private final Queue<Integer> backends = new ConcurrentLinkedQueue<>();
    private PostgresNodes nodes;
    private PostgresLayer one;
    private PostgresLayer other;

    @BeforeAll
    void open() throws Exception {
        nodes = new PostgresNodes(SERVER.platformUrl(), "channels.layer.capacity = 1000000");
        one = nodes.open(1_000_000, Duration.ofHours(1), System::nanoTime);
        other = nodes.open(1_000_000, Duration.ofHours(1), System::nanoTime);
        execute("create table said (text text primary key, slot int)");
    }

    @AfterAll
    void close() {
        nodes.close();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(SERVER.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> committed(String prefix) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(SERVER.url());
                PreparedStatement statement =
                        connection.prepareStatement("select text from said where text like ? || '%'")) {
            statement.setString(1, prefix);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
        }
        return texts;
    }

    private interface Writing {
        void write(Connection connection, int writer, int number, Random random) throws SQLException;
    }

    private void run(String name, int isolation, Writing writing) throws Exception {
        List<Callable<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            writers.add(() -> {
                write(name, isolation, writer, writing);
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            for (Future<Void> end : threads.invokeAll(writers, 100, TimeUnit.SECONDS)) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void write(String name, int isolation, int writer, Writing writing) throws SQLException {
        Random random = new Random(writer);
        Connection connection = transactions(isolation);
        for (int i = 0; i < EACH; i++) {
            try {
                writing.write(connection, writer, i, random);
            } catch (SQLException e) {
                assertThat(e.getSQLState()).as("%s: %s", name, e).matches("57P01|08.*|55006|40001");
                connection.close();
                connection = transactions(isolation);
            }
        }
        connection.close();
    }

    private Connection transactions(int isolation) throws SQLException {
        Connection connection = DriverManager.getConnection(SERVER.url());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            backends.add(row.getInt(1));
        }
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(false);
        return connection;
    }

    private static void say(Connection connection, String text, int slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into said values (?, ?)")) {
            statement.setString(1, text);
            statement.setInt(2, slot);
            statement.executeUpdate();
        }
    }

    private static Outgoing event(GroupName group, String text) {
        return new Outgoing(group, Event.of("text", text), null);
    }

    /** One event for each of two groups in either order, some within a savepoint that is rolled back; some transactions are. */
    private void anything(Connection connection, int writer, int number, Random random) throws SQLException {
        String text = "chaos-" + writer + "-" + number;
        say(connection, text, writer);
        Savepoint savepoint = random.nextInt(3) == 0 ? connection.setSavepoint() : null;
        if (savepoint != null) {
            say(connection, text + "-undone", writer);
            one.publish(connection, List.of(event(FIRST, text + "-undone")));
            connection.rollback(savepoint);
        }
        List<Outgoing> events = new ArrayList<>(List.of(event(FIRST, text), event(SECOND, text), event(PLAIN, text)));
        if (random.nextBoolean()) {
            Collections.reverse(events);
        }
        one.publish(connection, events);
        if (random.nextInt(5) == 0) {
            connection.rollback();
        } else {
            connection.commit();
            if (random.nextBoolean()) {
                one.published();
            }
        }
    }

    @Test
    void deliversExactlyWhatIsCommittedWhileConnectionsAreKilled() throws Exception {
        try (Received here = Received.of(one, FIRST, END);
                Received there = Received.of(other, FIRST, END);
                Received second = Received.of(other, SECOND, END);
                Received plain = Received.of(other, PLAIN, END)) {
            Thread killer = new Thread(this::kill);
            killer.start();
            try {
                run("chaos", Connection.TRANSACTION_READ_COMMITTED, this::anything);
            } finally {
                killer.interrupt();
                killer.join();
            }
            end(here, there, second, plain);

            List<String> committed = committed("chaos-");
            assertThat(committed).hasSizeGreaterThan(WRITERS * EACH / 4);
            for (Received received : List.of(here, there, second, plain)) {
                assertThat(without(received)).containsExactlyInAnyOrderElementsOf(committed);
            }
            assertThat(here.texts()).isEqualTo(there.texts());
            assertThat(here.numbers(FIRST))
                    .isEqualTo(
                            LongStream.rangeClosed(1, committed.size()).boxed().toList());
            assertThat(second.numbers(SECOND))
                    .isEqualTo(
                            LongStream.rangeClosed(1, committed.size()).boxed().toList());
        }
    }

    private static List<String> without(Received received) {
        return received.texts().stream().filter(text -> !text.equals("end")).toList();
    }

    private void end(Received... all) throws Exception {
        Thread.sleep(300); // a transaction whose connection was killed may commit after its client has given up
        one.groupSend(END, Event.of("text", "end")).toCompletableFuture().get(30, TimeUnit.SECONDS);
        for (Received received : all) {
            received.await("end");
        }
    }

    /** Before, in and after commits. */
    private void kill() {
        Random random = new Random(1);
        try (Connection connection = DriverManager.getConnection(SERVER.url());
                Statement statement = connection.createStatement()) {
            while (true) {
                Thread.sleep(5 + random.nextInt(20));
                List<Integer> all = List.copyOf(backends);
                statement.execute("select pg_terminate_backend(" + all.get(random.nextInt(all.size())) + ")");
            }
        } catch (SQLException | InterruptedException end) {
            // the writers are done
        }
    }

    @Test
    void serializableWritersOnOneGroupDoNotConflictAndAreNumbered() throws Exception {
        GroupName group = GroupName.of("kept", "serializable");
        try (Received here = Received.of(one, group, END);
                Received there = Received.of(other, group, END)) {
            run("serializable", Connection.TRANSACTION_SERIALIZABLE, (connection, writer, number, random) -> {
                String text = "serial-" + writer + "-" + number;
                say(connection, text, writer);
                one.publish(connection, List.of(event(group, text)));
                connection.commit();
            });
            end(here, there);
            Received.awaitTrue(
                    () -> here.texts().size() > WRITERS * EACH && there.texts().size() > WRITERS * EACH);

            List<String> committed = committed("serial-");
            assertThat(committed).hasSize(WRITERS * EACH);
            assertThat(without(here)).containsExactlyInAnyOrderElementsOf(committed);
            assertThat(without(there)).isEqualTo(without(here));
            assertThat(here.numbers(group))
                    .isEqualTo(
                            LongStream.rangeClosed(1, committed.size()).boxed().toList());
        }
    }
}
