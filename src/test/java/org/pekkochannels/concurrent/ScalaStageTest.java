package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import scala.concurrent.Promise;
import scala.concurrent.Promise$;
import scala.jdk.javaapi.FutureConverters;

class ScalaStageTest {
    private final Promise<String> promise = Promise$.MODULE$.apply();
    private final CompletionStage<String> stage = FutureConverters.asJava(promise.future());

    @Test
    void runsWhatFollowsOnTheThreadThatCompletesTheFuture() {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletionStage<?> after = ScalaStage.plain(stage).thenAccept(value -> thread.set(Thread.currentThread()));

        promise.success("done");
        after.toCompletableFuture().join();

        assertThat(thread.get()).isNotNull().matches(ran -> !ran.getName().startsWith("ForkJoinPool.commonPool"));
    }

    @Test
    void failsAsTheFutureDoes() {
        IllegalStateException planted = new IllegalStateException("planted");
        promise.failure(planted);

        assertThat(catchThrowable(ScalaStage.plain(stage).toCompletableFuture()::join))
                .hasCause(planted);
    }

    /** Java 24 and later wrap them once more. */
    @Test
    void theCancellationOfAStageIsUnwrapped() {
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        CancellationException original = new CancellationException("planted") {};
        cancelled.completeExceptionally(original);

        assertThat(ConfinedFuture.unwrap(catchThrowable(cancelled::join))).isSameAs(original);
    }
}
