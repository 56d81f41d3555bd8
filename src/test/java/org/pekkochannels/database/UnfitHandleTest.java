package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handle whose connection breaks before the callback has it. */
class UnfitHandleTest {
    private final TestDatabase started = TestDatabase.start("channels.database.threads = 1");
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final Database database = Database.of(started.system, source());

    @AfterEach
    void stops() {
        await(database.stop());
        started.close();
    }

    private DataSource source() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL(TestDatabase.h2Url());
        return proxy(DataSource.class, (method, arguments) -> {
            open.incrementAndGet();
            return connection(h2.getConnection());
        });
    }

    /** Counts its end; cannot tell what it is connected to while it is broken. */
    private Connection connection(Connection real) {
        return proxy(Connection.class, (method, arguments) -> {
            if (method.getName().equals("getMetaData") && broken.get()) {
                throw new SQLException("planted: the connection is lost");
            }
            if (method.getName().equals("close")) {
                open.decrementAndGet();
            }
            return method.invoke(real, arguments);
        });
    }

    private interface Body {
        Object invoke(Method method, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Body body) {
        return type.cast(Proxy.newProxyInstance(
                UnfitHandleTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return body.invoke(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void isClosedAndDoesNotKeepItsThreadFromTheNext() {
        broken.set(true);
        Throwable lost = failure(one());
        broken.set(false);
        int next = await(one());

        assertThat(lost).hasStackTraceContaining("planted");
        assertThat(next).isEqualTo(1);
        assertThat(open).hasValue(0);
        TestDatabase.assertNothingLeft(database);
    }

    @Test
    void isNotGivenToACallbackThatAsksOnceMore() {
        broken.set(true);
        Throwable refused = failure(database.within(Duration.ofSeconds(20)).withLazyHandle(handles -> {
            try {
                handles.handle();
            } catch (RuntimeException planted) {
                return List.of(handles.handle());
            }
            return List.of();
        }));

        assertThat(refused).isInstanceOf(IllegalStateException.class).hasMessageContaining("could not be prepared");
        assertThat(open).hasValue(0);
    }

    private CompletionStage<Integer> one() {
        return database.within(Duration.ofSeconds(20))
                .withHandle(
                        handle -> handle.select("select 1").mapTo(Integer.class).one());
    }
}
