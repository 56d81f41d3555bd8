package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jdbi.v3.core.ConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A thread that waits gets a connection as long as the pool may grow. */
final class GrowingPoolTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 30;
    private static final int MOST_ROUNDS = 2000;

    // Without GrowingPool, some twenty rounds are enough to see a thread that nobody opens a connection for.
    @Test
    void opensOneForEachThreadThatWaits() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                try (HikariDataSource pool = new HikariDataSource(empty())) {
                    assertThat(takenAtOnce(new GrowingPool(pool), threads)).isEqualTo(THREADS);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * When this fails, remove GrowingPool: HikariCP then opens a connection for each thread that waits. The race is tried until
     * it is seen, which took 32 s once; {@code mvn -Pproofs verify} runs it.
     */
    @Test
    @EnabledIfSystemProperty(named = "channels.proofs", matches = "true")
    void isNeededWhereHikariCpLeavesAThreadWaiting() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        int round = 0;
        boolean seen = false;
        try {
            for (; round < MOST_ROUNDS && !seen; round++) {
                HikariConfig impatient = empty();
                impatient.setConnectionTimeout(TimeUnit.SECONDS.toMillis(1));
                try (HikariDataSource pool = new HikariDataSource(impatient)) {
                    seen = isOneLeftWaiting(pool, threads);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(seen)
                .as("HikariCP let a thread wait in one of %d rounds; if it does no more, remove GrowingPool", round)
                .isTrue();
    }

    /** Each thread keeps its connection until all have one, or have given up. */
    private static boolean isOneLeftWaiting(HikariDataSource pool, ExecutorService threads) throws Exception {
        CyclicBarrier together = new CyclicBarrier(THREADS);
        CountDownLatch over = new CountDownLatch(THREADS);
        Callable<Boolean> taking = () -> {
            together.await(20, TimeUnit.SECONDS);
            try (Connection taken = pool.getConnection()) {
                over.countDown();
                over.await();
                return taken == null;
            } catch (SQLTransientConnectionException timeout) {
                over.countDown();
                return true;
            }
        };
        boolean left = false;
        for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(THREADS, taking))) {
            left |= one.get();
        }
        return left;
    }

    /** Each thread keeps its connection until all have one. */
    private static long takenAtOnce(ConnectionFactory pool, ExecutorService threads) throws Exception {
        CyclicBarrier together = new CyclicBarrier(THREADS);
        Callable<Boolean> taking = () -> {
            together.await(20, TimeUnit.SECONDS);
            try (Connection taken = pool.openConnection()) {
                together.await(20, TimeUnit.SECONDS);
                return taken.isValid(0);
            }
        };
        List<Future<Boolean>> all = IntStream.range(0, THREADS)
                .mapToObj(number -> threads.submit(taking))
                .toList();
        long taken = 0;
        for (Future<Boolean> one : all) {
            taken += one.get() ? 1 : 0;
        }
        return taken;
    }

    private static HikariConfig empty() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:growing-pool;DB_CLOSE_DELAY=-1");
        config.setMaximumPoolSize(THREADS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(TimeUnit.SECONDS.toMillis(10));
        return config;
    }
}
