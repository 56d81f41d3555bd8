package org.pekkochannels.database;

import java.util.concurrent.CompletionStage;

/**
 * Collects rows of many callers and writes them with one statement.
 *
 * <p>The first row is written at once. Rows added while a batch is in progress form the next batch, so batches grow under load and no row
 * waits for others. There is one batch at a time, so a caller's rows are written in order. Each batch is one transaction on one handle. If
 * it fails because of its rows, it is rolled back and split. The halves are tried one after the other, each in a separate transaction,
 * until only rows that fail alone have failed. If it fails because of the connection, whose loss may hide a commit, or for lack of
 * resources, all its rows fail and none is retried.
 *
 * <p>Waiting rows are bounded like all waiting work. Their number, together with that of waiting calls, is bounded by {@code max-waiting},
 * their time by {@code max-wait} and {@link Database#within}. {@link Database#cancelledBy} drops a waiting row; a row whose batch has a
 * thread is written, because the batch has rows of other callers. {@link Database#stop} waits for accepted rows. Created by
 * {@link Database#batched}; thread-safe.
 *
 * @param <A> a row
 * @param <B> the result of a row, such as its generated key
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
     * @return the row's own result, after the commit; or its own failure, like the stages of {@link Database}
     */
    public CompletionStage<B> add(A row) {
        return queue.add(row, view.now());
    }
}
