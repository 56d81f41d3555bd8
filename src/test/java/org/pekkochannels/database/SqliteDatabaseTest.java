package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQLite in a file. There is no server that could be restarted. */
final class SqliteDatabaseTest extends DatabaseContract {
    @TempDir
    private Path directory;

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("items.db");
    }

    @Override
    String endlessQuery() {
        return "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    }

    @Test
    void startsFromTheUrlThatPlatformsGive() {
        try (TestDatabase started =
                TestDatabase.start(TestDatabase.url("sqlite:///" + directory.resolve("other%20items.db")))) {
            await(started.database.useHandle(handle -> handle.execute("create table kept as select 1 as one")));

            assertThat(directory.resolve("other items.db")).exists();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:sqlite:",
                "jdbc:sqlite::memory:",
                "jdbc:sqlite::memory:?cache=shared",
                "jdbc:sqlite:file::memory:?cache=shared",
                "jdbc:sqlite:file:name?mode=memory&cache=shared",
                "sqlite::memory:",
                "sqlite:///:memory:",
            })
    void refusesADatabaseInMemoryBecauseItWouldNotLast(String url) {
        assertThatThrownBy(() -> TestDatabase.start(TestDatabase.url(url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.database.url")
                .hasMessageContaining("SQLite in memory")
                .hasMessageContaining("name a file");
    }

    @Test
    void keepsTheStatementTimeoutWhileTheJdksTimerThreadIsBlocked() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> {
                    begun.countDown();
                    await(end);
                });
        await(begun);
        try (TestDatabase bounded =
                TestDatabase.start(TestDatabase.url(url()), "channels.database.statement-timeout = 100ms")) {
            Throwable cut = failure(bounded.database.withHandle(handle ->
                    handle.createQuery(endlessQuery()).mapTo(Long.class).one()));

            assertThat(cut).isInstanceOf(DatabaseTimeoutException.class);
        } finally {
            end.countDown();
        }
    }

    @Test
    void letsReadersReadWhileAnotherWrites() {
        try (Handle rival = Jdbi.open(url())) {
            rival.begin().execute("insert into item values (1, 'not committed')");

            int count = await(database.inTransaction(
                    TransactionOptions.defaults().forReading(),
                    handle -> handle.attach(Items.class).count()));

            assertThat(count).isZero();
            assertThat(countItems()).isZero();
            rival.rollback();
        }
    }

    @Test
    void letsManyThreadsReadAndThenWriteInTransactions() {
        try (TestDatabase busy =
                TestDatabase.start(TestDatabase.url(url()), "channels.database { threads = 8, lock-timeout = 60s }")) {
            List<CompletionStage<Done>> stages = IntStream.range(0, 200)
                    .mapToObj(i -> busy.database.useTransaction(handle -> {
                        int next = handle.attach(Items.class).count();
                        handle.attach(Items.class).add(next, "item " + i);
                    }))
                    .toList();

            stages.forEach(TestDatabase::await);
            assertThat(countItems()).isEqualTo(200);
        }
    }

    @Test
    void runsAgainWhatFoundTheDatabaseBusy() {
        CountDownLatch twice = new CountDownLatch(2);
        try (TestDatabase hasty = TestDatabase.start(TestDatabase.url(url()), "channels.database.lock-timeout = 10ms");
                Handle rival = Jdbi.open(url())) {
            rival.begin().execute("insert into item values (1, 'rival')");

            CompletionStage<Integer> stage = hasty.database.withLazyHandle(handles -> {
                twice.countDown();
                handles.beginTransaction(TransactionOptions.defaults().withAttempts(100));
                return handles.handle().execute("insert into item values (2, 'ours')");
            });
            await(twice);
            rival.commit();

            assertThat(await(stage)).isEqualTo(1);
            assertThat(countItems()).isEqualTo(2);
        }
    }

    @Test
    void isInNoTransactionAfterOneThatCouldNotBegin() {
        try (TestDatabase hasty = TestDatabase.start(
                        TestDatabase.url(url()), "channels.database { threads = 1, lock-timeout = 10ms }");
                Handle rival = Jdbi.open(url())) {
            rival.begin().execute("insert into item values (1, 'rival')");
            Throwable busy = failure(
                    hasty.database.useTransaction(handle -> handle.execute("insert into item values (2, 'ours')")));
            rival.rollback();

            await(hasty.database.useHandle(handle -> {
                assertThat(handle.isInTransaction()).isFalse();
                handle.execute("insert into item values (3, 'later')");
            }));
            failure(hasty.database.useTransaction(handle -> {
                handle.execute("insert into item values (4, 'rolled back')");
                throw new IllegalStateException("no");
            }));

            assertThat(busy).isInstanceOf(DatabaseTimeoutException.class);
            assertThat(countItems()).isEqualTo(1);
        }
    }

    @Test
    void keepsWhatTheUrlSaysOfTheJournal() {
        try (TestDatabase own = TestDatabase.start(TestDatabase.url(url() + "-own?journal_mode=TRUNCATE"))) {
            assertThat(await(own.database.<String>withHandle(SqliteDatabaseTest::journal)))
                    .isEqualTo("truncate");
        }
        assertThat(await(database.<String>withHandle(SqliteDatabaseTest::journal)))
                .isEqualTo("wal");
    }

    private static String journal(Handle handle) {
        return handle.select("pragma journal_mode").mapTo(String.class).one();
    }

    @Override
    Map<String, String> sessionChanges() {
        return Map.of(
                "pragma recursive_triggers = on", "pragma recursive_triggers",
                "attach ':memory:' as left_over",
                        "select count(*) as v from pragma_database_list where name = 'left_over'",
                "create temp table left_over (id int)", "select count(*) as v from sqlite_temp_master");
    }

    @Override
    List<String> harmless() {
        return List.of("pragma user_version", "create temp table x (id int); drop table x");
    }
}
