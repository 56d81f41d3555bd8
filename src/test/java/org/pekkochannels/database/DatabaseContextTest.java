package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.LogContext;
import org.slf4j.MDC;

/** Where results arrive, and in which logging context. */
final class DatabaseContextTest {
    private final ExecutorService turn = Executors.newSingleThreadExecutor(task -> new Thread(task, "turn"));
    private TestDatabase started;
    private Database database;

    @BeforeEach
    void start() {
        started = TestDatabase.start("channels.database.threads = 1");
        database = started.database;
    }

    @AfterEach
    void stop() {
        MDC.clear();
        turn.shutdown();
        started.close();
    }

    @Test
    void completesOnTheExecutorOfItsView() {
        CountDownLatch attached = new CountDownLatch(1);
        CompletionStage<String> stage = database.on(turn).withHandle(handle -> {
            await(attached);
            return "";
        });
        CompletionStage<String> direct =
                stage.thenApply(nothing -> Thread.currentThread().getName());
        CompletionStage<String> async = stage.thenApply(nothing -> nothing)
                .thenApplyAsync(nothing -> Thread.currentThread().getName());
        attached.countDown();

        assertThat(await(direct)).isEqualTo("turn");
        assertThat(await(async)).isEqualTo("turn");
    }

    @Test
    void failsOnTheExecutorOfItsView() {
        CountDownLatch attached = new CountDownLatch(1);
        CompletionStage<String> stage = database.on(turn)
                .<String>withHandle(handle -> {
                    await(attached);
                    throw new IllegalStateException("no");
                })
                .exceptionally(failure -> Thread.currentThread().getName());
        attached.countDown();

        assertThat(await(stage)).isEqualTo("turn");
    }

    @Test
    void completesOnTheDefaultDispatcherOtherwise() {
        CountDownLatch attached = new CountDownLatch(1);
        CompletionStage<String> stage = database.withHandle(handle -> {
                    await(attached);
                    return "";
                })
                .thenApply(nothing -> Thread.currentThread().getName());
        attached.countDown();

        assertThat(await(stage)).contains("default-dispatcher");
    }

    @Test
    void failsTheStageWhenItsExecutorIsGone() {
        turn.shutdown();

        Throwable failure = failure(database.on(turn).withHandle(handle -> 1));

        assertThat(failure).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void takesTheLoggingContextToTheDatabaseThread() {
        MDC.put("connection", "7");

        Map<String, String> seen = await(database.withHandle(handle -> MDC.getCopyOfContextMap()));

        assertThat(seen).containsExactly(Map.entry("connection", "7"));
        assertThat(MDC.get("connection")).isEqualTo("7");
    }

    @Test
    void bringsChangesOfTheLoggingContextBack() {
        CountDownLatch attached = new CountDownLatch(1);
        MDC.put("connection", "7");
        CompletionStage<Map<String, String>> seen = database.on(turn)
                .useHandle(handle -> {
                    await(attached);
                    MDC.put("row", "1");
                })
                .thenApply(done -> MDC.getCopyOfContextMap());
        attached.countDown();

        assertThat(await(seen)).containsOnly(Map.entry("connection", "7"), Map.entry("row", "1"));
    }

    @Test
    void bringsTheLoggingContextBackWhenTheCallbackThrows() {
        CountDownLatch attached = new CountDownLatch(1);
        CompletionStage<String> seen = database.on(turn)
                .<String>withHandle(handle -> {
                    await(attached);
                    MDC.put("row", "1");
                    throw new IllegalStateException("no");
                })
                .exceptionally(failure -> MDC.get("row"));
        attached.countDown();

        assertThat(await(seen)).isEqualTo("1");
    }

    @Test
    void leavesNoLoggingContextBehindOnAnyThread() {
        MDC.put("connection", "7");
        await(database.on(turn).useHandle(handle -> MDC.put("row", "1")));
        MDC.clear();

        LogContext databaseThread = await(database.withHandle(handle -> LogContext.current()));
        LogContext turnThread = await(CompletableFuture.supplyAsync(LogContext::current, turn));

        assertThat(databaseThread).isSameAs(LogContext.EMPTY);
        assertThat(turnThread).isSameAs(LogContext.EMPTY);
    }

    @Test
    void putsTheLoggingContextOfTheExecutorBack() {
        await(CompletableFuture.runAsync(() -> MDC.put("turn", "3"), turn));
        MDC.put("connection", "7");

        await(database.on(turn).useHandle(handle -> {}));
        Map<String, String> kept = await(CompletableFuture.supplyAsync(MDC::getCopyOfContextMap, turn));

        assertThat(kept).containsOnly(Map.entry("turn", "3"));
    }

    @Test
    void doesNotHandAnInterruptionToTheNextCallback() {
        CountDownLatch queued = new CountDownLatch(1);
        CompletionStage<?> interrupting = database.withLazyHandle(handles -> {
            await(queued);
            Thread.currentThread().interrupt();
            return 1;
        });
        CompletionStage<Boolean> next =
                database.withLazyHandle(handles -> Thread.currentThread().isInterrupted());
        queued.countDown();

        await(interrupting);
        assertThat(await(next)).isFalse();
    }
}
