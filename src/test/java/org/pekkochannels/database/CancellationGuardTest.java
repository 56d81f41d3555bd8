package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.result.ResultIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands between a statement and its cancel, with connections whose cancel does what the test wants. */
final class CancellationGuardTest {
    private final TestDatabase started = TestDatabase.start("channels.database.threads = 1");
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile Commit commit = () -> {};

    @AfterEach
    void stop() {
        started.close();
    }

    /** Does what {@code Statement.cancel} is asked for. */
    @FunctionalInterface
    private interface Cancel {
        void cancel(PreparedStatement real) throws Exception;
    }

    /** What happens first in {@code Connection.commit}. */
    @FunctionalInterface
    private interface Commit {
        void run() throws Exception;
    }

    @Test
    void keepsTheConnectionWhileACancelIsUnderWay() {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch overtaken = new CountDownLatch(1);
        Database database = database(real -> {
            underWay.countDown();
            // Nobody comes; who does has no guard.
            events.add("overtaken: " + overtaken.await(200, TimeUnit.MILLISECONDS));
        });

        CompletionStage<Integer> first = database.cancelledBy(end).withHandle(handle -> {
            ResultIterator<Integer> open =
                    handle.select("select 1").mapTo(Integer.class).iterator();
            end.complete("left");
            await(underWay);
            open.close();
            overtaken.countDown();
            return 1;
        });
        await(database.withHandle(handle -> events.add("the next call")));

        assertThat(await(first)).isEqualTo(1);
        assertThat(events).containsExactly("overtaken: false", "the next call");
        await(database.stop());
    }

    @Test
    void keepsTheConnectionOfATransactionWhileACancelIsUnderWay() {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch overtaken = new CountDownLatch(1);
        Database database = database(real -> {
            underWay.countDown();
            events.add("overtaken: " + overtaken.await(200, TimeUnit.MILLISECONDS));
        });

        CompletionStage<Integer> first = database.cancelledBy(end).inTransaction(handle -> {
            handle.afterRollback(overtaken::countDown);
            // One row would be its end, upon which JDBI closes it.
            ResultIterator<Integer> leftOpen = handle.select("select 1 union all select 2")
                    .mapTo(Integer.class)
                    .iterator();
            end.complete("left");
            await(underWay);
            return leftOpen.next();
        });

        assertThat(failure(first)).isInstanceOf(DatabaseCancelledException.class);
        assertThat(overtaken.getCount()).as("rolled back").isZero();
        assertThat(events).containsExactly("overtaken: false");
        await(database.stop());
    }

    @Test
    void repeatsACancelUntilTheStatementHasEnded() {
        CountDownLatch thrice = new CountDownLatch(3);
        Database database = database(real -> thrice.countDown());

        int one = await(database.cancelledBy(end).withHandle(handle -> {
            try (ResultIterator<Integer> open =
                    handle.select("select 1").mapTo(Integer.class).iterator()) {
                end.complete("left");
                await(thrice);
                return open.next();
            }
        }));

        assertThat(one).isEqualTo(1);
        await(database.stop());
    }

    @Test
    void copesWithADriverThatCannotCancel() {
        CountDownLatch asked = new CountDownLatch(1);
        Database database = database(real -> {
            asked.countDown();
            throw new UnsupportedOperationException("planted");
        });

        CompletionStage<Integer> first = database.cancelledBy(end).withHandle(handle -> {
            try (ResultIterator<Integer> open =
                    handle.select("select 1").mapTo(Integer.class).iterator()) {
                end.complete("left");
                await(asked);
                return open.next();
            }
        });

        assertThat(await(first)).isEqualTo(1);
        await(database.stop());
    }

    @Test
    void sendsNoCancelOnceTheTransactionCommits() {
        CountDownLatch cancelled = new CountDownLatch(1);
        Database database = database(real -> cancelled.countDown());
        commit = () -> {
            end.complete("left");
            // Nobody comes; who does may abort the commit.
            events.add("cancelled: " + cancelled.await(200, TimeUnit.MILLISECONDS));
        };

        CompletionStage<Integer> first = database.cancelledBy(end).inTransaction(handle -> {
            ResultIterator<Integer> leftOpen = handle.select("select 1 union all select 2")
                    .mapTo(Integer.class)
                    .iterator();
            return leftOpen.next();
        });

        assertThat(await(first)).isEqualTo(1);
        assertThat(events).containsExactly("cancelled: false");
        await(database.stop());
    }

    @Test
    void sendsNoCancelOnceATransactionWithinTheCallCommits() {
        CountDownLatch cancelled = new CountDownLatch(1);
        String url = TestDatabase.h2Url();
        Database database = Database.of(started.system, DatabaseCore.jdbi(() ->
                (Connection) proxy(Connection.class, DriverManager.getConnection(url), real -> cancelled.countDown())));
        commit = () -> {
            end.complete("left");
            events.add("cancelled: " + cancelled.await(200, TimeUnit.MILLISECONDS));
        };

        Throwable failure = failure(database.cancelledBy(end).withHandle(handle -> {
            handle.useTransaction(inside -> {
                ResultIterator<Integer> leftOpen = inside.select("select 1 union all select 2")
                        .mapTo(Integer.class)
                        .iterator();
                events.add("row " + leftOpen.next());
            });
            events.add("committed");
            return handle.execute("select 2");
        }));

        assertThat(failure).as("the next statement").isInstanceOf(DatabaseCancelledException.class);
        assertThat(events).containsExactly("row 1", "cancelled: false", "committed");
        await(database.stop());
    }

    @Test
    void leavesTheFailureOfACommitAsItIs() {
        Database database = database(real -> events.add("cancelled"));
        SQLException planted = new SQLException("planted", "08006");
        commit = () -> {
            end.complete("left");
            throw planted;
        };

        Throwable failure = failure(database.cancelledBy(end).inTransaction(handle -> {
            ResultIterator<Integer> leftOpen = handle.select("select 1 union all select 2")
                    .mapTo(Integer.class)
                    .iterator();
            return leftOpen.next();
        }));

        assertThat(failure).isNotInstanceOf(DatabaseCancelledException.class).hasRootCause(planted);
        assertThat(events).isEmpty();
        await(database.stop());
    }

    private Database database(Cancel cancel) {
        String url = TestDatabase.h2Url();
        return Database.of(started.system, Jdbi.create(() ->
                (Connection) proxy(Connection.class, DriverManager.getConnection(url), cancel)));
    }

    private Object proxy(Class<?> type, Object real, Cancel cancel) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("cancel")) {
                cancel.cancel((PreparedStatement) real);
                return null;
            }
            if (method.getName().equals("commit")) {
                commit.run();
            }
            try {
                Object result = method.invoke(real, arguments);
                return result instanceof PreparedStatement ? proxy(PreparedStatement.class, result, cancel) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return Proxy.newProxyInstance(CancellationGuardTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
