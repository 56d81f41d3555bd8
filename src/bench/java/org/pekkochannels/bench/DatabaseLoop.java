package org.pekkochannels.bench;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * The database work of a message in a bare loop on as many threads, without any server: what is left to save.
 *
 * <p>First argument {@code jdbi} or {@code jdbc}, then seconds to warm up and to measure. Environment as the servers'.
 */
public final class DatabaseLoop {
    private static final String INSERT = "INSERT INTO message(room, body) VALUES (?, ?)";
    private static final String NEWEST =
            "SELECT id, room, body, created FROM message WHERE room = ? ORDER BY id DESC LIMIT 1";

    private DatabaseLoop() {}

    /**
     * Prints one line: operations per second, and microseconds of CPU for each.
     *
     * @param args kind of loop, seconds of warm-up, seconds measured
     * @throws Exception when the database fails
     */
    public static void main(String[] args) throws Exception {
        Environment environment = Environment.read();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(environment.databaseUrl());
        config.setUsername(environment.databaseUser());
        config.setMaximumPoolSize(environment.threads());
        try (HikariDataSource source = new HikariDataSource(config)) {
            Jdbi jdbi = Jdbi.create(source);
            jdbi.useHandle(handle -> Messages.create(handle, environment.databaseUrl()));
            String body = "x".repeat(50);
            Callable<Saved> work = args[0].equals("jdbc")
                    ? () -> insertAndRead(source, body)
                    : () -> jdbi.withHandle(handle -> Messages.insertAndRead(handle, body));
            run(work, environment.threads(), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        }
    }

    private static void run(Callable<Saved> work, int threads, int warm, int seconds) throws Exception {
        LongAdder done = new LongAdder();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            pool.execute(() -> repeat(work, done));
        }
        TimeUnit.SECONDS.sleep(warm);
        long cpu = cpuNanos();
        long before = done.sum();
        TimeUnit.SECONDS.sleep(seconds);
        long operations = done.sum() - before;
        double micros = (cpuNanos() - cpu) / 1000.0 / operations;
        System.out.printf("%d per second, %.2f us of CPU each%n", operations / seconds, micros);
        pool.shutdownNow();
    }

    private static void repeat(Callable<Saved> work, LongAdder done) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                work.call();
                done.increment();
            }
        } catch (Exception e) {
            if (!Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Saved insertAndRead(DataSource source, String body) throws SQLException {
        try (Connection connection = source.getConnection()) {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setString(1, "bench");
                insert.setString(2, body);
                insert.executeUpdate();
            }
            return newest(connection);
        }
    }

    private static Saved newest(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEWEST)) {
            select.setString(1, "bench");
            try (ResultSet row = select.executeQuery()) {
                row.next();
                Messages.Row newest =
                        new Messages.Row(row.getLong(1), row.getString(2), row.getString(3), row.getTimestamp(4));
                return new Saved(newest.id());
            }
        }
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
