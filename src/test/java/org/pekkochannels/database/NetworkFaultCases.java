package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.jdbc.Condition;
import org.pekkochannels.database.jdbc.KeepAliveSocketFactory;

/** What a database must survive that is reached through a network, whatever its driver does. */
@Execution(ExecutionMode.CONCURRENT)
abstract class NetworkFaultCases {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int THREADS = 4;
    private static final Pattern PORT = Pattern.compile("//[^/:]+:(\\d+)/");
    private static final String TIMES = "channels.database { threads = " + THREADS + ", connection-timeout = 2s }";

    private FaultyNetwork network;

    /** Of the server on this machine. */
    abstract String url();

    /** A query that the server works at for a minute. */
    abstract String longQuery();

    /** After how long without a packet the driver's connections are asked whether they live. */
    int keepAliveIdleSeconds() {
        return KeepAliveSocketFactory.IDLE_SECONDS;
    }

    /** A driver's first login loads hundreds of classes, and may take longer than connection-timeout here. */
    private void warmDriver() throws SQLException {
        synchronized (NetworkFaultCases.class) {
            DriverManager.getConnection(url()).close();
        }
    }

    @BeforeEach
    void open() throws SQLException {
        warmDriver();
        Matcher port = PORT.matcher(url());
        assertThat(port.find()).isTrue();
        network = FaultyNetwork.to(Integer.parseInt(port.group(1)));
    }

    @AfterEach
    void close() throws IOException {
        network.close();
    }

    private TestDatabase start(String... lines) {
        String url = PORT.matcher(url()).replaceFirst("//127.0.0.1:" + network.port() + "/");
        List<String> all = new ArrayList<>(List.of(TestDatabase.url(url), TIMES));
        all.addAll(List.of(lines));
        return TestDatabase.start(all.toArray(String[]::new));
    }

    private static int one(Handle handle) {
        return handle.select("select 1").mapTo(int.class).one();
    }

    /** A table of this test's own, as others use the server meanwhile. */
    private String table() {
        return "fault_" + network.port();
    }

    private void emptyTable(Handle handle) {
        handle.execute("drop table if exists " + table());
        handle.execute("create table " + table() + " (id int primary key)");
    }

    /** Has the pool open a connection for each thread. */
    private static void openAll(Database database, int threads) {
        CyclicBarrier all = new CyclicBarrier(threads);
        List<CompletionStage<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            calls.add(database.withHandle(handle -> {
                all.await(20, TimeUnit.SECONDS);
                return one(handle);
            }));
        }
        calls.forEach(TestDatabase::await);
    }

    private static void assertServes(Database database) {
        assertThat((int) await(database.withHandle(NetworkFaultCases::one))).isOne();
    }

    @Test
    void endsCallsByTheirDeadlineAlthoughNoPacketComesBack() {
        try (TestDatabase started = start()) {
            openAll(started.database, THREADS);
            network.freeze();
            Database hurried = started.database.within(SOON);
            List<CompletionStage<?>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                calls.add(
                        i % 2 == 0
                                ? hurried.withHandle(NetworkFaultCases::one)
                                : hurried.inTransaction(NetworkFaultCases::one));
            }

            calls.forEach(call -> assertThat(failure(call)).isInstanceOf(DatabaseTimeoutException.class));

            network.passNew();
            assertServes(started.database);
        }
    }

    @Test
    void endsAllOfManyCallsThatWereFrozenTogether() {
        int threads = 32;
        try (TestDatabase started =
                start("channels.database { threads = " + threads + ", connection-timeout = 10s }")) {
            openAll(started.database, threads);
            network.freeze();
            Database hurried = started.database.within(SOON);
            List<CompletionStage<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                calls.add(hurried.withHandle(NetworkFaultCases::one));
            }
            network.passNew();

            calls.forEach(call -> assertThat(failure(call)).isInstanceOf(DatabaseTimeoutException.class));

            assertThat(started.database.stats().busy()).isZero();
            assertServes(started.database);
        }
    }

    /** The kernel shows, of each socket, how long its keep-alive timer has to go. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void asksConnectionsThatRestWhetherTheyLive() throws IOException {
        try (TestDatabase started = start()) {
            openAll(started.database, 1);

            List<Long> timers = keepAliveSeconds(network.port());

            assertThat(timers).isNotEmpty().allMatch(seconds -> seconds <= keepAliveIdleSeconds());
        }
    }

    /** Of the sockets of this machine that are connected to a port and have a timer of keep-alive. */
    private static List<Long> keepAliveSeconds(int port) throws IOException {
        String remote = String.format(":%04X 01 ", port);
        List<Long> timers = new ArrayList<>();
        for (String family : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/net/" + family))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (line.contains(remote) && fields[5].startsWith("02:")) {
                    timers.add(Long.parseLong(fields[5].substring(3), 16) / 100);
                }
            }
        }
        return timers;
    }

    @Test
    void endsAStatementByItsTimeoutAlthoughNoPacketComesBack() {
        try (TestDatabase started = start("channels.database.statement-timeout = 1s")) {
            openAll(started.database, 1);

            Throwable late = failure(started.database.withHandle(handle -> {
                one(handle);
                network.freeze();
                return one(handle);
            }));

            assertThat(late)
                    .isInstanceOf(DatabaseTimeoutException.class)
                    .hasMessageContaining("channels.database.statement-timeout");
            network.passNew();
            assertServes(started.database);
        }
    }

    @Test
    void endsACallWithoutAnyBoundByTheNetworkTimeout() {
        try (TestDatabase started = start("channels.database.network-timeout = 1s")) {
            Throwable late = failure(started.database.withHandle(handle -> {
                network.freeze();
                return one(handle);
            }));

            assertThat(Condition.of(late)).isEqualTo(Condition.LOST);
            network.passNew();
            assertServes(started.database);
        }
    }

    @Test
    void saysThatTheOutcomeIsUnknownWhenACommitIsNotAnswered() {
        AtomicInteger runs = new AtomicInteger();
        try (TestDatabase started = start()) {
            await(started.database.useHandle(this::emptyTable));
            Throwable late = failure(started.database
                    .within(SOON)
                    .inTransaction(TransactionOptions.defaults().withAttempts(3), handle -> {
                        runs.incrementAndGet();
                        // There must be something to commit, or MariaDB's driver says nothing.
                        int written = handle.execute("insert into " + table() + " values (1)");
                        network.freeze();
                        return written;
                    }));

            assertThat(late).isInstanceOf(DatabaseOutcomeUnknownException.class);
            assertThat(runs).hasValue(1);
            network.passNew();
            assertServes(started.database);
        }
    }

    @Test
    void freesTheThreadOfACancelledCallWhoseCancelIsNotAnswered() {
        try (TestDatabase started = start()) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            CountDownLatch inside = new CountDownLatch(1);
            CompletionStage<Integer> call = started.database.cancelledBy(end).withHandle(handle -> {
                one(handle);
                network.freeze();
                inside.countDown();
                return handle.execute(longQuery());
            });
            await(inside);
            end.complete(null);

            assertThat(failure(call)).isInstanceOf(DatabaseCancelledException.class);
            TestDatabase.assertNothingLeft(started.database);
            network.passNew();
            awaitService(started.database.within(SOON));
        }
    }

    @Test
    void failsAStartWhoseLoginIsNotAnswered() {
        network.freeze();

        assertThatThrownBy(this::start)
                .isInstanceOf(DatabaseUnavailableException.class)
                // Or what the driver says, whose own times are as long.
                .hasMessageMatching(
                        "(?s).*at start: (the login was not answered within 2000 ms|Communications link|Socket timeout when connecting).*");
    }

    @Test
    void getsConnectionsAgainAfterALoginThatIsNeverAnswered() {
        try (TestDatabase started = start("channels.database.fail-fast = off")) {
            network.freeze();
            Throwable unanswered = failure(started.database.withHandle(NetworkFaultCases::one));
            network.passNew();

            assertThat(unanswered)
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("channels.database.connection-timeout");
            assertServes(started.database);
        }
    }

    @Test
    void failsAtOnceWhileUnreachableAndFindsTheDatabaseAgain() throws IOException {
        try (TestDatabase started = start("channels.database { fail-fast = off, connection-timeout = 500ms }")) {
            network.refuse();
            failure(started.database.withHandle(NetworkFaultCases::one));
            failure(started.database.withHandle(NetworkFaultCases::one));

            List<CompletionStage<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                calls.add(started.database.withHandle(NetworkFaultCases::one));
            }

            assertThat(calls.stream().map(TestDatabase::failure))
                    .allMatch(DatabaseUnavailableException.class::isInstance)
                    .anyMatch(failure -> failure.toString().contains("has not been reachable for longer than 500 ms"));
            network.listenAgain();
            awaitService(started.database);
        }
    }

    @Test
    void losesNoMoreCallsThanConnectionsThatTheNetworkResets() {
        try (TestDatabase started = start()) {
            openAll(started.database, THREADS);
            network.reset();
            network.passNew();

            int lost = awaitService(started.database);

            assertThat(lost).isLessThanOrEqualTo(THREADS);
        }
    }

    @Test
    void survivesConnectionsOfWhichOnlyTheServerKnowsTheEnd() {
        try (TestDatabase started = start("channels.database.network-timeout = 1s")) {
            openAll(started.database, THREADS);
            network.halfOpen();

            int lost = awaitService(started.database);

            assertThat(lost).isLessThanOrEqualTo(THREADS);
        }
    }

    /** Calls until one is served; returns how many were not. */
    private static int awaitService(Database database) {
        int lost = 0;
        while (isLost(database.withHandle(NetworkFaultCases::one))) {
            lost++;
            assertThat(lost).isLessThan(1_000);
        }
        return lost;
    }

    private static boolean isLost(CompletionStage<Integer> call) {
        return await(call.handle((value, failure) -> value == null));
    }

    /** In a transaction, a row for each call: there if it succeeds, absent if it fails, unless its outcome is unknown. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void losesNoCallAndDoesNoneTwiceWhateverTheNetworkDoes(long seed) throws IOException {
        Random random = new Random(seed);
        try (TestDatabase started = start()) {
            await(started.database.useHandle(this::emptyTable));
            Database hurried = started.database.within(SOON);
            List<CompletionStage<Integer>> calls = new ArrayList<>();
            for (int fault = 0; fault < 3; fault++) {
                for (int i = 0; i < 20; i++) {
                    int id = calls.size();
                    calls.add(hurried.inTransaction(
                            TransactionOptions.defaults().withAttempts(2),
                            handle -> handle.execute("insert into " + table() + " values (" + id + ")")));
                }
                await(calls.get(calls.size() - 1 - random.nextInt(20)).handle((value, failure) -> 1));
                strike(random);
            }

            List<Throwable> failures =
                    calls.stream().map(NetworkFaultCases::failureOrNull).toList();

            network.thaw();
            awaitService(started.database);
            Set<Integer> written =
                    await(started.database.<Set<Integer>>withHandle(handle -> handle.select("select id from " + table())
                            .mapTo(Integer.class)
                            .set()));
            for (int id = 0; id < failures.size(); id++) {
                Throwable failure = failures.get(id);
                if (!(failure instanceof DatabaseOutcomeUnknownException)) {
                    assertThat(written.contains(id))
                            .as("call %d with the outcome %s", id, failure)
                            .isEqualTo(failure == null);
                }
            }
        }
    }

    private void strike(Random random) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> {
                network.freeze();
                network.passNew();
            }
            case 1 -> {
                network.freeze();
                network.thaw();
            }
            case 2 -> network.halfOpen();
            case 3 -> {
                network.reset();
                network.passNew();
            }
            default -> {
                network.refuse();
                network.listenAgain();
            }
        }
    }

    private static @Nullable Throwable failureOrNull(CompletionStage<?> call) {
        return await(call.<@Nullable Throwable>handle((value, failure) -> failure));
    }
}
