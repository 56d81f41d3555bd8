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
