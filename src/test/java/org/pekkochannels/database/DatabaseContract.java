package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.junit.jupiter.api.Test;

/** What must hold on every kind of database. */
abstract class DatabaseContract extends TransactionCases {
    @Test
    void returnsWhatTheCallbackReturned() {
        CompletionStage<Integer> two = database.withHandle(handle ->
                handle.createQuery("select 1 + 1").mapTo(Integer.class).one());

        assertThat(await(two)).isEqualTo(2);
    }

    @Test
    void runsTheCallbackOnADatabaseThread() {
        String thread =
                await(database.withHandle(handle -> Thread.currentThread().getName()));

        assertThat(thread).startsWith("channels-database-");
    }

    @Test
    void completesWithDoneWhereThereIsNoResult() {
        assertThat(await(database.useHandle(handle -> handle.execute("select 1"))))
                .isEqualTo(Done.done());
        assertThat(await(database.useTransaction(handle -> handle.execute("select 1"))))
                .isEqualTo(Done.done());
    }

    @Test
    void mapsRecordsAndMapsWhateverTheLocale() {
        await(database.useHandle(handle -> handle.execute("insert into item values (1, 'INK')")));

        List<Item> records = await(database.withHandle(handle -> handle.select("select * from item")
                .map(ConstructorMapper.of(Item.class))
                .list()));
        List<Map<String, Object>> maps = await(database.withHandle(handle ->
                handle.select("select ITEM_ID, TITLE from item").mapToMap().list()));

        assertThat(records).containsExactly(new Item(1, "INK"));
        assertThat(maps).containsExactly(Map.of("item_id", 1, "title", "INK"));
    }

    @Test
    void commitsATransactionThatReturns() {
        await(database.inTransaction(handle -> handle.execute("insert into item values (1, 'ink')")));

        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void rollsBackATransactionThatThrows() {
        IOException thrown = new IOException("no");

        Throwable failure = failure(database.inTransaction(handle -> {
            handle.execute("insert into item values (1, 'ink')");
            throw thrown;
        }));

        assertThat(failure).isSameAs(thrown);
        assertThat(countItems()).isZero();
    }

    @Test
    void deliversExceptionsUnchanged() {
        for (Exception thrown : List.of(
                new IOException("checked"), new IllegalStateException("unchecked"), new CompletionException(null))) {
            assertThat(failure(database.useHandle(handle -> {
                        throw thrown;
                    })))
                    .isSameAs(thrown);
        }
    }

    @Test
    void deliversErrorsUnchanged() {
        AssertionError thrown = new AssertionError("no");

        assertThat(failure(database.withLazyHandle(handles -> {
                    throw thrown;
                })))
                .isSameAs(thrown);
    }

    @Test
    void deliversTheFailureOfAStatement() {
        assertThat(failure(database.withHandle(handle -> handle.execute("insert into nowhere values (1)"))))
                .isInstanceOf(JdbiException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void closesTheHandleBeforeTheResultIsSeen() {
        Handle seen = await(database.<Handle>withHandle(handle -> handle).thenApply(handle -> {
            TestDatabase.assertNothingLeft(database);
            return handle;
        }));

        assertThat(seen.isClosed()).isTrue();
    }

    @Test
    void closesTheHandleWhenTheCallbackLeavesATransactionOpen() {
        failure(database.withHandle(handle -> handle.begin().execute("insert into item values (1, 'ink')")));

        TestDatabase.assertNothingLeft(database);
        assertThat(countItems()).isZero();
    }

    @Test
    void explainsAHandleThatEscaped() {
        Handle escaped = await(database.<Handle>withHandle(handle -> handle));

        for (Function<Handle, Object> use : List.<Function<Handle, Object>>of(
                handle -> handle.createQuery("select 1").mapTo(Integer.class).one(),
                handle -> handle.execute("select 1"),
                handle -> handle.createBatch().add("select 1").execute(),
                handle -> handle.createCall("call x").invoke(),
                handle -> handle.attach(Items.class).count(),
                Handle::begin,
                handle -> handle.inTransaction(inside -> 1))) {
            assertThatThrownBy(() -> use.apply(escaped))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("used after its callback")
                    .hasMessageContaining("inside withHandle");
        }
    }

    @Test
    void explainsASourceOfHandlesThatEscaped() {
        HandleSource escaped = await(database.<HandleSource>withLazyHandle(handles -> handles));

        assertThatThrownBy(escaped::handle).hasMessageContaining("used after its callback");
    }

    @Test
    void opensALazyHandleOnFirstUseOnly() {
        List<Integer> open = await(database.withLazyHandle(handles -> {
            int before = database.stats().openHandles();
            Handle first = handles.handle();
            assertThat(handles.handle()).isSameAs(first);
            return List.of(before, database.stats().openHandles());
        }));

        assertThat(open).containsExactly(0, 1);
    }

    @Test
    void closesALazyHandleWhenTheCallbackThrows() {
        IOException thrown = new IOException("no");

        Throwable failure = failure(database.withLazyHandle(handles -> {
            handles.handle().execute("select 1");
            throw thrown;
        }));

        assertThat(failure).isSameAs(thrown);
        TestDatabase.assertNothingLeft(database);
    }

    @Test
    void attachesASqlObject() {
        int count = await(database.withExtension(Items.class, items -> {
            items.add(1, "ink");
            return items.count();
        }));

        assertThat(count).isEqualTo(1);
    }

    @Test
    void sharesTheHandleWithOnDemandObjectsInsideTheCallback() {
        Items items = database.jdbi().onDemand(Items.class);

        int count = await(database.inTransaction(handle -> {
            handle.execute("insert into item values (1, 'ink')");
            return items.count();
        }));

        assertThat(count).isEqualTo(1);
    }

    @Test
    void refusesASecondConnectionInsideACallback() {
        for (HandleCallback<Object, Exception> misuse : List.<HandleCallback<Object, Exception>>of(
                handle -> database.jdbi().open(),
                handle -> handle.getJdbi().open(),
                handle -> handle.inTransaction(inside -> database.jdbi().open()))) {
            assertThat(failure(database.withHandle(misuse)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("second connection inside a callback")
                    .hasMessageContaining("use the callback's handle");
        }
    }

    @Test
    void opensMoreThanOneConnectionOutsideOfCallbacks() {
        try (TestDatabase roomy = TestDatabase.start(TestDatabase.url(url()), "channels.database.threads = 2")) {
            Jdbi jdbi = roomy.database.jdbi();

            int two = jdbi.withHandle(outer -> {
                try (Handle inner = jdbi.open()) {
                    return inner.select("select 2").mapTo(Integer.class).one();
                }
            });

            assertThat(two).isEqualTo(2);
        }
    }

    @Test
    void makesABlockingFunctionAsynchronous() {
        Function<Integer, CompletionStage<String>> title =
                database.async((handle, id) -> handle.select("select title from item where item_id = ?", id)
                        .mapTo(String.class)
                        .one());
        await(database.useHandle(handle -> handle.execute("insert into item values (7, 'pen')")));

        assertThat(await(title.apply(7))).isEqualTo("pen");
        assertThat(failure(title.apply(8))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void worksOverAnApplicationsOwnDataSource() {
        try (HikariDataSource source = new HikariDataSource()) {
            source.setJdbcUrl(url());
            source.setMinimumIdle(0);
            Database own = Database.of(started.system, source);

            int count = await(own.withExtension(Items.class, Items::count));

            assertThat(count).isZero();
            TestDatabase.assertNothingLeft(own);
            await(own.stop());
            assertThat(source.isClosed()).isFalse();
        }
    }

    @Test
    void worksOverAnApplicationsOwnJdbi() {
        Database own = Database.of(started.system, Jdbi.create(url()));

        int deleted = await(own.withHandle(handle -> handle.execute("delete from item")));

        assertThat(deleted).isZero();
        Handle escaped = await(own.<Handle>withHandle(handle -> handle));
        assertThatThrownBy(() -> escaped.execute("select 1")).hasMessageContaining("used after its callback");
        TestDatabase.assertNothingLeft(own);
        await(own.stop());
    }
}
