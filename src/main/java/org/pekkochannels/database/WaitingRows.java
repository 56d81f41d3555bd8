package org.pekkochannels.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rows that wait for one batch, in the order of their arrival, included in the total of waiting rows. Confined to the lock of its
 * {@link BatchQueue}.
 */
final class WaitingRows<A, B> {
    private final ArrayDeque<BatchRow<A, B>> rows = new ArrayDeque<>();
    private final AtomicInteger all;

    /**
     * Starts without rows.
     *
     * @param all the total of waiting rows, here and elsewhere
     */
    WaitingRows(AtomicInteger all) {
        this.all = all;
    }

    void add(BatchRow<A, B> row) {
        rows.add(row);
        all.incrementAndGet();
    }

    int size() {
        return rows.size();
    }

    /** Removes a row; false if it is not there. */
    boolean remove(BatchRow<A, B> row) {
        boolean removed = rows.remove(row);
        if (removed) {
            all.decrementAndGet();
        }
        return removed;
    }

    /** Removes the oldest rows, at most this many. */
    List<BatchRow<A, B>> take(int most) {
        List<BatchRow<A, B>> taken = new ArrayList<>(Math.min(most, rows.size()));
        while (taken.size() < most && !rows.isEmpty()) {
            taken.add(rows.remove());
        }
        return uncounted(taken);
    }

    /** Removes the rows that have waited too long. */
    List<BatchRow<A, B>> takeLate() {
        List<BatchRow<A, B>> late = new ArrayList<>();
        rows.removeIf(row -> row.patience().isOver() && late.add(row));
        return uncounted(late);
    }

    /** The row whose maximum wait ends first. */
    @Nullable
    BatchRow<A, B> nextDue() {
        return rows.stream()
                .min(Comparator.comparing(row -> row.patience().remaining()))
                .orElse(null);
    }

    private List<BatchRow<A, B>> uncounted(List<BatchRow<A, B>> taken) {
        all.addAndGet(-taken.size());
        return taken;
    }
}
