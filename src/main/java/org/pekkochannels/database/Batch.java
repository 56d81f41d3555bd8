package org.pekkochannels.database;

import java.util.concurrent.CompletionStage;

/**
 * Collects rows of many callers, and has them written by one statement.
 *
 * <p>The first row goes at once; those that come while a batch is under way are the next batch, so that under load batches
 * grow by themselves and no row waits for company. There is one batch at a time, so a caller's rows are written in its
 * order. Each batch is one transaction on one handle. When it fails because of its rows, it is rolled back, halved, and the
 * halves are tried one after the other, each in a transaction of its own, until only those rows have failed that fail
 * alone. When it fails with the connection, whose loss may hide a commit, or for want of resources, all its rows fail, and
 * none is tried again.
 *
 * <p>What waits is bounded as all waiting work is: in number by {@code max-waiting}, for the rows of a batch together with
 * the calls that wait, and in time by {@code max-wait} and {@link Database#within}. What {@link Database#cancelledBy} names
 * drops a row that waits; one whose batch has its thread is written, for the others' sake. {@link Database#stop} waits for
 * the rows it has taken. Made by {@link Database#batched}; thread-safe.
 *
 * @param <A> a row
 * @param <B> what becomes of it, such as its generated key
 */
public final class Batch<A, B> {
    private final BatchQueue<A, B> queue;
    private final Database view;

    Batch(BatchQueue<A, B> queue, Database view) {
        this.queue = queue;
        this.view = view;
    }

    /**
     * Adds a row to the next batch.
     *
     * @param row the row, not to be changed afterwards
     * @return the row's own result, after the commit; or its own failure, as the stages of {@link Database} fail
     */
    public CompletionStage<B> add(A row) {
        return queue.add(row, view.now());
    }
}
