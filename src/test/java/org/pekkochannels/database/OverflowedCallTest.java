package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.NearOverflow;

/** Promise 6: a call from a stack that overflows, somewhere inside the call, leaves no thread, place or count behind. */
final class OverflowedCallTest {
    private final TestDatabase started =
            TestDatabase.start("channels.database { threads = 2, max-waiting = 100000, max-wait = 15s }");
    private final Database database = started.database;
    private final Queue<CompletionStage<?>> calls = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        started.close();
    }

    private void assertHolds(Supplier<CompletionStage<?>> call) throws InterruptedException {
        await(call.get()); // classes are loaded, and lambdas linked
        int overflows = NearOverflow.run(() -> calls.add(call.get()));

        assertThat(overflows).as("overflows").isPositive();
        assertThat(calls).isNotEmpty().allSatisfy(TestDatabase::await);
        TestDatabase.assertNothingLeft(database);
        assertThat(database.stop(Duration.ofMinutes(1)))
                .as("stops without waiting for calls that there are not")
                .succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void leavesNothingOfACall() throws Exception {
        assertHolds(() -> database.withLazyHandle(handles -> 1));
    }

    @Test
    void leavesNothingOfACallThatMayBeCancelled() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();

        assertHolds(() -> database.cancelledBy(end).withLazyHandle(handles -> 1));
    }

    @Test
    void leavesNothingOfACallWithADeadline() throws Exception {
        assertHolds(() -> database.within(Duration.ofMinutes(1)).withLazyHandle(handles -> 1));
    }

    @Test
    void leavesNothingOfARow() throws Exception {
        Batch<Integer, Integer> batch = database.batched("rows", 100, (handle, rows) -> rows);

        assertHolds(() -> batch.add(1));
    }
}
