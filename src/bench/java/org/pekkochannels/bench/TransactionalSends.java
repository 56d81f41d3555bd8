package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.AfterCommit;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.ChannelLayer;

/**
 * Transactions that send an event, on the layer in PostgreSQL, against the same transactions without. Windows alternate, and the median of the
 * ratios counts. Fails if the node does not receive every event of a committed transaction once.
 *
 * <p>Environment: {@code DATABASE_URL} and {@code DATABASE_USER}, a superuser of a PostgreSQL with {@code fsync = on}.
 */
public final class TransactionalSends {
    private static final String BODY = "x".repeat(100);
    private static final int MANY = 1000;
    private static final int WRITERS = 8;

    // As many as wait for one commit: more of them show what a lock held during the commit costs.
    private static final int SLOW_WRITERS = 16;
    private static final String CONFIG = """
            channels.http.port = 0
            channels.layer {
              type = postgres
              postgres.create = on
              capacity = 1000000
              history = [{prefix = kept, size = 100, ttl = 5m}]
            }
            """;

    private final Environment environment;
    private final Duration window;
    private final int rounds;
    private final Database database;
    private final AfterCommit afterCommit;
    private final LayerMember member;
    private final AtomicLong turn = new AtomicLong();

    private TransactionalSends(Environment environment, ChannelsServer server, Duration window, int rounds) {
        this.environment = environment;
        this.window = window;
        this.rounds = rounds;
        this.database = Database.get(server.system());
        this.afterCommit = AfterCommit.of(server.system());
        this.member = new LayerMember(ChannelLayer.get(server.system()));
    }

    /**
     * Measures.
     *
     * @param args seconds of warm-up, seconds of each window, rounds
     * @throws Exception if the database fails, or events are missing
     */
    public static void main(String[] args) throws Exception {
        Environment environment = Environment.read();
        ChannelsServer server = Channels.load(
                        ConfigFactory.parseString(CONFIG).withFallback(environment.config(SLOW_WRITERS)))
                .start();
        TransactionalSends sends = new TransactionalSends(
                environment, server, Duration.ofSeconds(Integer.parseInt(args[1])), Integer.parseInt(args[2]));
        sends.run(Duration.ofSeconds(Integer.parseInt(args[0])));
        server.stop().toCompletableFuture().join();
    }

    /**
     * The groups of one kind of transactions.
     *
     * @param prefix of their names
     * @param count how many; 0 without events
     */
    private record Groups(String prefix, int count) {
        String name(long number) {
            return prefix + "_" + number % count;
        }
    }

    private void run(Duration warmUp) throws Exception {
        database.useHandle(handle -> Messages.create(handle, environment.databaseUrl()))
                .toCompletableFuture()
                .join();
        List<Groups> all = List.of(new Groups("plain", 1), new Groups("plain", MANY), new Groups("kept", MANY));
        Groups one = new Groups("kept", 1);
        for (int i = 0; i < MANY; i++) {
            member.join("plain_" + i);
            member.join("kept_" + i);
        }
        // The slower half of what is compared: it is compiled last.
        ClosedLoop.of(WRITERS, warmUp.dividedBy(2), () -> send(all.get(1)));
        ClosedLoop.of(WRITERS, warmUp.dividedBy(2), () -> send(all.get(2)));
        member.awaitAll();
        for (Groups groups : all) {
            print(groups, WRITERS, () -> transaction());
        }
        printOne(one, "");
        setCommitDelay(5000);
        printOne(one, " at commits of 5 ms");
        print(all.get(1), SLOW_WRITERS, () -> notifying());
        print(all.get(2), SLOW_WRITERS, () -> notifying());
        print(all.get(1), SLOW_WRITERS, () -> transaction());
        setCommitDelay(0);
    }

    private void print(Groups groups, int writers, Supplier<CompletionStage<?>> control) throws Exception {
        double[] ratios = new double[rounds];
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            without.add(ClosedLoop.of(writers, window, control).perSecond());
            with.add(ClosedLoop.of(writers, window, () -> send(groups)).perSecond());
            member.awaitAll();
            ratios[i] = with.get(i) / without.get(i);
        }
        System.out.printf(
                Locale.ROOT,
                "%d writers, %d groups %s: %.2f of the control (%.0f and %.0f a second)%n",
                writers,
                groups.count(),
                groups.prefix(),
                ClosedLoop.median(ratios),
                median(with),
                median(without));
    }

    private static double median(List<Double> values) {
        return ClosedLoop.median(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** One group with history: its transactions commit one after the other. */
    private void printOne(Groups one, String when) throws Exception {
        double[] ratios = new double[rounds];
        List<Double> bounds = new ArrayList<>();
        List<Double> figures = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            bounds.add(1 / commitSeconds());
            figures.add(ClosedLoop.of(WRITERS, window, () -> send(one)).perSecond());
            member.awaitAll();
            ratios[i] = figures.get(i) / bounds.get(i);
        }
        System.out.printf(
                Locale.ROOT,
                "%d writers, one group with history%s: %.2f of 1 / commit latency (%.0f and %.0f a second)%n",
                WRITERS,
                when,
                ClosedLoop.median(ratios),
                median(figures),
                median(bounds));
    }

    private CompletionStage<?> transaction() {
        return database.inTransaction(handle -> Messages.insertAndRead(handle, BODY));
    }

    private CompletionStage<?> send(Groups groups) {
        String group = groups.name(turn.getAndIncrement());
        member.expect();
        return database.inTransaction(handle -> {
            Saved saved = Messages.insertAndRead(handle, BODY);
            afterCommit.groupSend(handle, group, "text", BODY);
            return saved;
        });
    }

    private CompletionStage<?> notifying() {
        return database.inTransaction(TransactionalSends::insertAndNotify);
    }

    private static Saved insertAndNotify(Handle handle) {
        Saved saved = Messages.insertAndRead(handle, BODY);
        handle.createQuery("SELECT pg_notify('bench', :body)")
                .bind("body", BODY)
                .map((row, context) -> "")
                .one();
        return saved;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(environment.databaseUrl(), environment.databaseUser(), "");
    }

    private void setCommitDelay(int micros) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute("alter system set commit_delay = " + micros);
            statement.execute("alter system set commit_siblings = 0");
            statement.execute("select pg_reload_conf()");
        }
    }

    /** What a commit takes that no other waits for. */
    private double commitSeconds() throws SQLException {
        try (Connection connection = connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO message(room, body) VALUES ('bench', ?)")) {
            connection.setAutoCommit(false);
            insert.setString(1, BODY);
            long end = System.nanoTime() + window.toNanos() / 2;
            long inCommits = 0;
            long count = 0;
            while (System.nanoTime() < end) {
                insert.executeUpdate();
                long begun = System.nanoTime();
                connection.commit();
                inCommits += System.nanoTime() - begun;
                count++;
            }
            return inCommits / 1e9 / count;
        }
    }
}
