package org.pekkochannels.concurrent;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes stages of Scala's futures independent of the JVM's common pool. Stateless. */
public final class ScalaStage {
    private ScalaStage() {}

    /**
     * The same result as a plain stage. What follows a stage of Scala's futures runs on the JVM's common pool, also for methods such as
     * {@code thenApply}. An application may block all threads of that pool: on two cores it has one.
     *
     * @param stage a stage that Pekko returned
     * @param <T> its result
     * @return a stage whose dependents run on the thread that completes the future
     */
    public static <T> CompletionStage<T> plain(CompletionStage<T> stage) {
        CompletableFuture<T> plain = new CompletableFuture<>();
        stage.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        plain.complete(value);
                    } else {
                        plain.completeExceptionally(ConfinedFuture.unwrap(failure));
                    }
                },
                Runnable::run);
        return plain;
    }
}
