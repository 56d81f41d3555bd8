package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code channels.database.max-batches}: names of batches are kept, so their number is bounded. */
final class BatchNamesTest {
    private final TestDatabase started = TestDatabase.start("channels.database.max-batches = 2");

    @AfterEach
    void stop() {
        started.close();
    }

    private static List<Integer> echo(Handle handle, List<Integer> rows) {
        return rows;
    }

    private Batch<Integer, Integer> batch(String name) {
        return started.database.batched(name, 10, BatchNamesTest::echo);
    }

    @Test
    void refusesTheNameThatIsOneTooManyWithTheCure() {
        batch("readings-1");
        batch("readings-2");

        assertThatThrownBy(() -> batch("readings-3"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "batch 'readings-3' exceeds the maximum of 2 names (channels.database.max-batches), kept for as"
                                + " long as the database; name a batch after its statement, and put varying data, for example a"
                                + " room, into the row");
        int row = await(batch("readings-1").add(7));
        assertThat(row).isEqualTo(7);
    }
}
