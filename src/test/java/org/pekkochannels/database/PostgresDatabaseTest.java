package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.jdbc.ConnectionBudget;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOperation;

/** A real PostgreSQL. */
final class PostgresDatabaseTest extends ServerContract {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    @Override
    String url() {
        return POSTGRES.url();
    }

    @Override
    String endlessQuery() {
        return "select pg_sleep(3600)";
    }

    @Override
    String endOfItsConnection() {
        return "select pg_terminate_backend(pg_backend_pid())";
    }

    @Override
    String arithmetic() {
        return "has (\\d+) connections .*max_connections \\d+ - superuser_reserved";
    }

    @Override
    String shortQuery() {
        return "select pg_sleep(0.002)";
    }

    @Test
    void takesOffWhatTheServerReservesInTheWarningOfTooManyThreads() throws IOException, SQLException {
        try (EmbeddedPostgreSql small = EmbeddedPostgreSql.start(Map.of(
                        "max_connections", "20", "superuser_reserved_connections", "4", "reserved_connections", "5"));
                Connection connection = DriverManager.getConnection(small.url())) {
            assertThat(ConnectionBudget.warning(connection, "channels.database", 11, 0))
                    .isEmpty();
            assertThat(ConnectionBudget.warning(connection, "channels.database", 9, 2))
                    .isEmpty();
            assertThat(ConnectionBudget.warning(connection, "channels.database", 10, 2))
                    .hasValueSatisfying(warning -> assertThat(warning)
                            .contains("threads is 10, and channels.layer.type = postgres needs 2 connections more, but"
                                    + " the server has 11 connections"));
            assertThat(ConnectionBudget.warning(connection, "channels.database", 12, 0))
                    .hasValueSatisfying(
                            warning -> assertThat(warning)
                                    .contains("threads is 12, but the server has 11 connections for all its clients")
                                    .contains(
                                            "(max_connections 20 - superuser_reserved_connections 4 - reserved_connections 5)"));
        }
    }

    @Test
    void tellsTransactionsTheirBoundsInMilliseconds() {
        try (TestDatabase bounded = TestDatabase.start(
                TestDatabase.url(url()), "channels.database { statement-timeout = 1234ms, lock-timeout = 567ms }")) {
            String bounds = await(bounded.database.inTransaction(
                    handle -> show(handle, "statement_timeout") + ", " + show(handle, "lock_timeout")));

            assertThat(bounds).isEqualTo("1234ms, 567ms");
            assertThat(await(bounded.database.<String>withHandle(handle -> show(handle, "statement_timeout"))))
                    .isEqualTo("0");
        }
    }

    @Test
    void closesAConnectionWhoseSessionCannotBeSet() throws InterruptedException {
        await(database.useHandle(handle -> {
            handle.execute("create schema broken");
            handle.execute("create function broken.pg_backend_pid() returns int language plpgsql"
                    + " as 'begin raise exception ''planted''; end'");
        }));
        String broken = url() + "&ApplicationName=unfit&currentSchema=broken,pg_catalog";

        assertThatThrownBy(() -> TestDatabase.start(TestDatabase.url(broken), "channels.database.lock-timeout = 1s"))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasStackTraceContaining("planted");

        awaitEndOfUnfitConnections();
    }

    /** The driver would wait for its end for ever, in the roll-back. */
    @ParameterizedTest
    @ValueSource(strings = {"copy copied from stdin", "copy (select generate_series(1, 100)) to stdout"})
    void endsACopyThatACallbackLeavesOpen(String copy) {
        await(database.useHandle(handle -> handle.execute("create table if not exists copied (number int)")));

        String cure = "end it with endCopy(), or with cancelCopy() in a finally block";
        assertThat(failure(database.useHandle(handle -> begin(copy, handle)))).hasMessageContaining(cure);
        assertThat(failure(database.useTransaction(handle -> begin(copy, handle))))
                .hasMessageContaining(cure);
        assertThat(failure(database.inTransaction(TransactionOptions.serializable(), handle -> begin(copy, handle))))
                .hasMessageContaining(cure);
        assertThat(failure(database.useTransaction(handle -> {
                    begin(copy, handle);
                    throw new IllegalStateException("planted");
                })))
                .hasMessage("planted");
        assertThat(failure(database.useTransaction(handle -> {
                    begin(copy, handle);
                    handle.execute("select 1");
                })))
                .hasMessageContaining(cure);
        await(database.useTransaction(handle -> handle.execute("insert into copied values (1)")));
        assertThat(database.stats().busy()).isZero();
    }

    private static CopyOperation begin(String copy, Handle handle) throws SQLException {
        CopyManager copies = handle.getConnection().unwrap(PGConnection.class).getCopyAPI();
        return copy.endsWith("stdin") ? copies.copyIn(copy) : copies.copyOut(copy);
    }

    @Test
    void runsAgainWhatCouldNotBeSerialized() {
        AtomicInteger runs = new AtomicInteger();

        int counted = await(database.inTransaction(TransactionOptions.serializable(), handle -> {
            int count = handle.attach(Items.class).count();
            if (runs.incrementAndGet() == 1) {
                Jdbi.create(url())
                        .useTransaction(
                                TransactionIsolationLevel.SERIALIZABLE,
                                rival -> rival.execute("insert into item values (1, 'counted ' || ?)", count(rival)));
            }
            handle.execute("insert into item values (2, 'counted ' || ?)", count);
            return count;
        }));

        assertThat(runs).hasValue(2);
        assertThat(counted).isEqualTo(1);
        assertThat(countItems()).isEqualTo(2);
    }

    @Test
    void runsAgainWhatWasPreparedBeforeAMigration() {
        try (TestDatabase started =
                TestDatabase.start(TestDatabase.url(url() + "&prepareThreshold=1"), "channels.database.threads = 1")) {
            AtomicInteger runs = new AtomicInteger();
            HandleCallback<Integer, Exception> all = handle -> {
                runs.incrementAndGet();
                return handle.select("select * from item").mapToMap().list().size();
            };
            await(started.database.inTransaction(all));
            await(started.database.inTransaction(all));
            await(database.useHandle(handle -> handle.execute("alter table item add column added int")));
            runs.set(0);

            await(started.database.inTransaction(TransactionOptions.defaults().withAttempts(2), all));

            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void survivesARestartOfTheDatabase(@TempDir Path data) throws IOException {
        EmbeddedPostgreSql first = EmbeddedPostgreSql.start(data);
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(first.platformUrl()), "channels.database { threads = 2, connection-timeout = 5s }")) {
            Database database = started.database;
            await(database.useHandle(handle -> handle.execute("create table kept as select 1 as one")));

            first.close();
            Throwable whileDown = failure(database.withHandle(handle -> handle.execute("select 1")));
            EmbeddedPostgreSql second = first.startAgain(data);
            int kept = await(database.withHandle(handle ->
                    handle.select("select one from kept").mapTo(Integer.class).one()));

            assertThat(whileDown).isInstanceOfAny(JdbiException.class, DatabaseUnavailableException.class);
            assertThat(kept).isEqualTo(1);
            second.close();
        }
    }

    @Test
    void startsWithoutTheDatabaseAndFindsItLaterWhenToldSo(@TempDir Path data) throws IOException {
        EmbeddedPostgreSql gone = EmbeddedPostgreSql.start(data);
        gone.close();
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(gone.platformUrl()),
                "channels.database { fail-fast = off, connection-timeout = 5s }")) {
            Database late = started.database;

            Throwable before = failure(late.withHandle(handle -> 1));
            EmbeddedPostgreSql there = gone.startAgain(data);
            int after = await(late.withHandle(handle -> 1));

            assertThat(before).isInstanceOf(DatabaseUnavailableException.class);
            assertThat(after).isEqualTo(1);
            there.close();
        }
    }

    private void awaitEndOfUnfitConnections() throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (await(database.withHandle(PostgresDatabaseTest::countUnfit)) > 0) {
            assertThat(System.nanoTime()).as("its connection is closed in time").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static int countUnfit(Handle handle) {
        return handle.select("select count(*) from pg_stat_activity where application_name = 'unfit'")
                .mapTo(int.class)
                .one();
    }

    private static String show(Handle handle, String setting) {
        return handle.select("show " + setting).mapTo(String.class).one();
    }

    private static int count(Handle handle) {
        return handle.select("select count(*) from item").mapTo(int.class).one();
    }

    @Override
    Map<String, String> sessionChanges() {
        return Map.of(
                "set search_path = pg_catalog", "show search_path",
                "/* for a report */ SET SESSION statement_timeout = 12345", "show statement_timeout",
                "set session characteristics as transaction read only", "show default_transaction_read_only",
                "create temp table left_over (id int)", "select to_regclass('pg_temp.left_over') as v",
                "listen left_over", "select count(*) as v from pg_listening_channels()",
                "prepare left_over as select 1",
                        "select count(*) as v from pg_prepared_statements where name = 'left_over'");
    }

    @Override
    List<String> harmless() {
        return List.of(
                "begin; set local search_path = pg_catalog; commit",
                "begin; set transaction isolation level serializable; commit",
                "begin; create temp table x (id int) on commit drop; commit",
                "set search_path = pg_catalog; reset search_path",
                "listen x; unlisten *",
                "set search_path = pg_catalog; create temp table y (id int); discard all");
    }
}
