package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call for which no thread can be started, on a database that may have one. */
final class MissingThreadTest {
    private final OutOfMemoryError noThread = new OutOfMemoryError("planted: unable to create native thread");

    private final TestDatabase started = TestDatabase.start(
            "channels.database { threads = 1, max-waiting = 2 }",
            "channels.database.dispatcher.executor = \"" + ThreadlessExecutor.class.getName() + "\"");
    private final Database database = started.database;
    private final List<CompletionStage<Integer>> meanwhile = new ArrayList<>();

    @AfterEach
    void stop() {
        recover();
        started.close();
    }

    private void giveNone(Runnable before) {
        ThreadlessExecutor.plant(() -> {
            before.run();
            throw noThread;
        });
    }

    private static void recover() {
        ThreadlessExecutor.plant(() -> {});
    }

    private void callTwice() {
        for (int call = meanwhile.size(); call < 2; call++) {
            meanwhile.add(database.withHandle(handle -> 2));
        }
    }

    @Test
    void failsWhereTheJvmHasNoThreadAndLeavesItsPlaceToTheNext() {
        giveNone(() -> {});

        Throwable failure = failure(database.withHandle(handle -> 1));
        recover();
        TestDatabase.assertNothingLeft(database);
        int next = await(database.withHandle(handle -> 2));

        assertThat(failure).isSameAs(noThread);
        assertThat(next).isEqualTo(2);
    }

    @Test
    void leavesItsPlaceToThoseThatHaveComeMeanwhile() {
        giveNone(() -> {
            callTwice();
            recover();
        });

        Throwable failure = failure(database.withHandle(handle -> 1));

        assertThat(failure).isSameAs(noThread);
        assertThat(meanwhile)
                .hasSize(2)
                .allSatisfy(call -> assertThat(await(call)).isEqualTo(2));
    }

    @Test
    void failsCallsThatArriveWhileThereIsNoThread() {
        giveNone(this::callTwice);

        Throwable failure = failure(database.withHandle(handle -> 1));

        assertThat(failure).isSameAs(noThread);
        assertThat(meanwhile)
                .hasSize(2)
                .allSatisfy(call -> assertThat(failure(call)).isSameAs(noThread));
    }

    @Test
    void failsWhereTheDispatcherRefusesItAndLeavesItsPlaceToTheNext() {
        ThreadlessExecutor.plant(() -> {
            throw new RejectedExecutionException("planted");
        });

        Throwable failure = failure(database.withHandle(handle -> 1));
        recover();
        TestDatabase.assertNothingLeft(database);
        int next = await(database.withHandle(handle -> 2));

        assertThat(failure).isInstanceOf(DatabaseClosedException.class);
        assertThat(next).isEqualTo(2);
    }
}
