package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call for which no thread can be started, on a database that may have one. */
final class MissingThreadTest {
    private final TestDatabase started = TestDatabase.start(
            "channels.database { threads = 1, max-waiting = 0 }",
            "channels.database.dispatcher.executor = \"" + ThreadlessExecutor.class.getName() + "\"");
    private final Database database = started.database;

    @AfterEach
    void stop() {
        ThreadlessExecutor.PLANTED.set(null);
        started.close();
    }

    @Test
    void failsWhereTheJvmHasNoThreadAndLeavesItsPlaceToTheNext() {
        OutOfMemoryError planted = new OutOfMemoryError("planted: unable to create native thread");
        ThreadlessExecutor.PLANTED.set(planted);

        Throwable failure = failure(database.withHandle(handle -> 1));
        ThreadlessExecutor.PLANTED.set(null);
        TestDatabase.assertNothingLeft(database);
        int next = await(database.withHandle(handle -> 2));

        assertThat(failure).isSameAs(planted);
        assertThat(next).isEqualTo(2);
    }

    @Test
    void failsWhereTheDispatcherRefusesItAndLeavesItsPlaceToTheNext() {
        ThreadlessExecutor.PLANTED.set(new RejectedExecutionException("planted"));

        Throwable failure = failure(database.withHandle(handle -> 1));
        ThreadlessExecutor.PLANTED.set(null);
        TestDatabase.assertNothingLeft(database);
        int next = await(database.withHandle(handle -> 2));

        assertThat(failure).isInstanceOf(DatabaseClosedException.class);
        assertThat(next).isEqualTo(2);
    }
}
