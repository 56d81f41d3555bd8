package org.pekkochannels.layer.postgres;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Completes the stages of the layer away from its own threads, because code of the application may follow them. Thread-safe. */
final class StageCompletion {
    private final Executor executor;

    StageCompletion(Executor executor) {
        this.executor = executor;
    }

    /** Runs what completes stages, in the order of the calls where the executor has one thread. */
    void complete(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException stopping) {
            completion.run();
        }
    }

    void fail(List<? extends CompletableFuture<?>> stages, Throwable reason) {
        complete(() -> stages.forEach(stage -> stage.completeExceptionally(reason)));
    }
}
