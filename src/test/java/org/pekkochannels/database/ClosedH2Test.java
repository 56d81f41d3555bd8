package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 in a file whose database is closed under its connections, as it also closes itself when its disk is full. */
final class ClosedH2Test {
    private static final int THREADS = 3;

    @TempDir
    private Path directory;

    @Test
    void failsNoMoreCallsThanThereWereConnections() throws SQLException {
        String url = "jdbc:h2:" + directory.resolve("data");
        try (TestDatabase started =
                TestDatabase.start(TestDatabase.url(url), "channels.database.threads = " + THREADS)) {
            Database database = started.database;
            List<CompletionStage<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(database.withHandle(ClosedH2Test::one));
            }
            calls.forEach(TestDatabase::await);
            shutDown(url);

            int lost = 0;
            while (isLost(database.withHandle(ClosedH2Test::one))) {
                lost++;
                assertThat(lost).isLessThanOrEqualTo(THREADS);
            }
        }
    }

    @Test
    void servesAgainWhenItsFullDiskHasRoom() {
        FullDisk.install();
        String url = "jdbc:h2:full:" + directory.resolve("data");
        try (TestDatabase started =
                TestDatabase.start(TestDatabase.url(url), "channels.database.threads = " + THREADS)) {
            Database database = started.database;
            await(database.withHandle(handle -> handle.execute("create table entry (text varchar)")));
            await(database.withHandle(handle -> handle.execute("checkpoint sync")));
            closeByAFullDisk(database);

            int lost = 0;
            while (isLost(insert(database))) {
                lost++;
                assertThat(lost).as("calls lost with room again").isLessThanOrEqualTo(THREADS);
            }
        }
    }

    /** H2 writes some of it later, so that the first inserts succeed. */
    private static void closeByAFullDisk(Database database) {
        FullDisk.setFull(true);
        try {
            int inserts = 0;
            while (!isLost(insert(database))) {
                inserts++;
                assertThat(inserts).as("inserts on a full disk").isLessThan(10_000);
            }
            // Each fails or succeeds: a connection that takes the place of one that was closed opens the database
            // again.
            List<CompletionStage<Integer>> traffic =
                    Stream.generate(() -> insert(database)).limit(100).toList();
            traffic.forEach(ClosedH2Test::isLost);
        } finally {
            FullDisk.setFull(false);
        }
    }

    private static CompletionStage<Integer> insert(Database database) {
        return database.inTransaction(handle -> handle.execute("insert into entry values (?)", "x".repeat(100_000)));
    }

    private static void shutDown(String url) throws SQLException {
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            statement.execute("shutdown");
        }
    }

    private static int one(Handle handle) {
        return handle.select("select 1").mapTo(int.class).one();
    }

    private static boolean isLost(CompletionStage<Integer> call) {
        return await(call.handle((value, failure) -> value == null));
    }
}
