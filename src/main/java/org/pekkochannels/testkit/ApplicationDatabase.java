package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.DatabaseWaitTimeoutException;

/**
 * The database threads of {@code channels.database} of an application under test, which can be kept busy or made to fail. Other databases
 * are unaffected. Thread-safe.
 */
public final class ApplicationDatabase {
    private final Database database;
    private final int mostWaiting;
    private final Quiescence quiescence;
    private final List<CompletionStage<?>> holding = new ArrayList<>();
    private @Nullable CountDownLatch released;
    private volatile boolean refuses;

    /**
     * The threads of a database.
     *
     * @param mostWaiting how many calls may wait, {@code max-waiting}
     */
    ApplicationDatabase(Database database, int mostWaiting, Quiescence quiescence) {
        this.database = database;
        this.mostWaiting = mostWaiting;
        this.quiescence = quiescence;
    }

    /**
     * Keeps all database threads busy until {@link #resume}, like slow queries of other users. Further calls wait; they time out after
     * {@code channels.database.max-wait} of the application's time, and are refused beyond {@code channels.database.max-waiting}. Returns
     * when all threads are busy. Meanwhile callbacks that wait do not keep the application busy.
     *
     * @throws IllegalStateException if they are kept busy already
     */
    public synchronized void stall() {
        if (released != null) {
            throw new IllegalStateException("the database threads are kept busy already; call resume() first");
        }
        CountDownLatch release = new CountDownLatch(1);
        int threads = database.stats().threads();
        CountDownLatch busy = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            holding.add(database.useHandle(handle -> hold(busy, release)));
        }
        await(busy);
        quiescence.stalled(true);
        released = release;
    }

    /**
     * Keeps all database threads busy, as {@link #stall} does, and fills the queue: further calls are rejected with
     * {@link org.pekkochannels.database.DatabaseOverloadedException} until {@link #resume}, however much time passes. Calls of
     * {@code disconnect} callbacks wait, as always.
     *
     * @throws IllegalStateException if the threads are kept busy already
     */
    public synchronized void refuse() {
        stall();
        refuses = true;
        for (int i = 0; i < mostWaiting; i++) {
            occupy();
        }
    }

    /** A call that takes one place of the queue, and takes it again after it has timed out there. */
    private void occupy() {
        CompletionStage<?> unused = database.useHandle(handle -> {}).whenComplete((done, failure) -> {
            if (refuses && failure instanceof DatabaseWaitTimeoutException) {
                occupy();
            }
        });
    }

    /** A call that the test itself holds does not count as work of the application. */
    private void hold(CountDownLatch busy, CountDownLatch release) {
        quiescence.activity().end();
        try {
            busy.countDown();
            await(release);
        } finally {
            quiescence.activity().begin();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the database threads are kept busy", e);
        }
    }

    /** Ends {@link #stall} or {@link #refuse}, if it was called, and waits until the threads are free. */
    public synchronized void resume() {
        CountDownLatch release = released;
        if (release != null) {
            released = null;
            refuses = false;
            release.countDown();
            quiescence.stalled(false);
            holding.forEach(call -> call.toCompletableFuture().join());
            holding.clear();
        }
    }

    /**
     * Makes each further call fail with an exception instead of being run, until {@link #heal}.
     *
     * @param failure the exception, for example one of JDBI
     */
    public void failWith(RuntimeException failure) {
        quiescence.activity().failDatabase(requireNonNull(failure, "the failure of the database must not be null"));
    }

    /** Ends {@link #failWith}. */
    public void heal() {
        quiescence.activity().failDatabase(null);
    }

    /**
     * Runs work of the test itself, such as inserting rows or reading them, and waits for it.
     *
     * @param work receives a handle, on a database thread
     * @param <T> the type of its result
     * @return the result
     */
    public <T> T withHandle(HandleCallback<T, ? extends Exception> work) {
        try {
            return database.withHandle(work).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new AssertionError("the test's own database work failed", e.getCause());
        }
    }
}
