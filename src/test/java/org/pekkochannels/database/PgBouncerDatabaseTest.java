package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.jdbc.ConnectionBudget;
import org.pekkochannels.database.jdbc.Pooler;

/**
 * A real PostgreSQL behind PgBouncer in transaction mode, where that is installed: all clients share two connections, each
 * for a transaction at a time.
 */
@EnabledIf(
        value = "org.pekkochannels.database.PgBouncer#isInstalled",
        disabledReason = "Debian's pgbouncer is not installed")
final class PgBouncerDatabaseTest extends DatabaseContract {
    private static final int SERVER_CONNECTIONS = 2;

    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    private static PgBouncer bouncer;

    @BeforeAll
    static void startBouncer(@TempDir Path directory) throws IOException {
        bouncer = PgBouncer.start(directory, POSTGRES, SERVER_CONNECTIONS);
    }

    @AfterAll
    static void stopBouncer() {
        bouncer.close();
    }

    @Override
    String url() {
        return POSTGRES.url(bouncer.port()) + "&prepareThreshold=0";
    }

    @Override
    String endlessQuery() {
        return "select pg_sleep(3600)";
    }

    @Override
    boolean refusesToWriteInAutocommit() {
        return false;
    }

    @Test
    void neverChangesTheSessionsOfOtherClients() {
        List<String> before = everySession();
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(url()),
                "channels.database { threads = 8, statement-timeout = 20s, lock-timeout = 10s }",
                "channels.databases.replica.read-only = on")) {
            Database replica = Database.get(started.system, "replica");
            List<CompletionStage<Integer>> stages = IntStream.range(0, 80)
                    .mapToObj(i -> used(i % 2 == 0 ? replica : started.database, i))
                    .toList();
            stages.forEach(TestDatabase::await);
        }

        assertThat(everySession()).isEqualTo(before);
        await(database.useHandle(handle -> handle.execute("insert into item values (1, 'ink')")));
    }

    @Test
    void warnsThatThePoolerKeepsAChangedSession() {
        try (RecordedLog log = new RecordedLog(LeftOpen.class.getName())) {
            await(database.useHandle(handle -> handle.execute("set application_name = 'left'")));

            assertThat(log.soFar("")).singleElement().asString().contains("the pooler (PgBouncer) keeps the change");
        }
    }

    @Test
    void isSeenToBeAPooler() throws SQLException {
        try (Connection pooled = DriverManager.getConnection(url());
                Connection direct = DriverManager.getConnection(POSTGRES.url())) {
            assertThat(Pooler.isBetween(pooled)).isTrue();
            assertThat(Pooler.isBetween(direct)).isFalse();
            assertThat(ConnectionBudget.warning(pooled, "channels.database", 4000, 0))
                    .isEmpty();
        }
    }

    @Test
    void repeatsStatementsOnWhicheverConnectionItGets() {
        try (TestDatabase started = TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 8")) {
            List<CompletionStage<Integer>> stages = IntStream.range(0, 200)
                    .mapToObj(i -> started.database.withHandle(handle -> handle.select("select ?::int", i)
                            .mapTo(Integer.class)
                            .one()))
                    .toList();

            assertThat(stages.stream().map(TestDatabase::await))
                    .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
        }
    }

    @Test
    void runsMoreThreadsThanThePoolerHasConnections() {
        try (TestDatabase started = TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 16")) {
            List<CompletionStage<Integer>> stages = IntStream.range(0, 100)
                    .mapToObj(i -> started.database.inTransaction(TransactionOptions.serializable(), handle -> {
                        handle.attach(Items.class).add(i, "item");
                        return i;
                    }))
                    .toList();

            stages.forEach(TestDatabase::await);
            assertThat(countItems()).isEqualTo(100);
        }
    }

    @Test
    void cutsOffItsOwnStatementAndNobodyElses() {
        try (TestDatabase started = TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 2")) {
            CompletionStage<Integer> other =
                    started.database.withHandle(handle -> handle.select("select 1 from pg_sleep(2)")
                            .mapTo(Integer.class)
                            .one());

            Throwable late = failure(started.database
                    .within(Duration.ofMillis(200))
                    .withHandle(handle -> handle.execute(endlessQuery())));

            assertThat(late).isInstanceOf(DatabaseTimeoutException.class);
            assertThat(await(other)).isEqualTo(1);
        }
    }

    private static CompletionStage<Integer> used(Database used, int i) {
        return switch (i % 8 / 2) {
            case 0 -> used.withExtension(Items.class, Items::count);
            case 1 -> used.within(Duration.ofSeconds(20)).withExtension(Items.class, Items::count);
            case 2 -> used.inTransaction(handle -> handle.attach(Items.class).count());
            default ->
                used.inTransaction(
                        TransactionOptions.isolation(TransactionIsolationLevel.REPEATABLE_READ)
                                .forReading(),
                        handle -> handle.attach(Items.class).count());
        };
    }

    /** What the shared connections are set to; all at once, so that none is left out. */
    private List<String> everySession() {
        List<Handle> handles = Stream.generate(() -> Jdbi.open(url()))
                .limit(SERVER_CONNECTIONS)
                .toList();
        try {
            return handles.stream()
                    .map(Handle::begin)
                    .map(PgBouncerDatabaseTest::session)
                    .toList();
        } finally {
            handles.forEach(handle -> handle.rollback().close());
        }
    }

    private static String session(Handle handle) {
        return handle.select("""
                        select string_agg(name || ' = ' || setting, ', ' order by name) from pg_settings
                        where name in ('default_transaction_read_only', 'default_transaction_isolation',
                            'statement_timeout', 'lock_timeout')
                        """).mapTo(String.class).one();
    }

    /** One that the pooler keeps for each client. Others stay with its connections, whatever is done here. */
    @Override
    Map<String, String> sessionChanges() {
        return Map.of("set application_name = 'left'", "show application_name");
    }

    @Override
    List<String> harmless() {
        return List.of("begin; set local search_path = pg_catalog; commit");
    }
}
