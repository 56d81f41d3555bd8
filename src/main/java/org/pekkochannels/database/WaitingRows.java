package org.pekkochannels.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rows that wait for one batch, in the order of their coming, and counted among all that wait. Confined to the lock of its
 * {@link BatchQueue}.
 */
final class WaitingRows<A, B> {
    private final ArrayDeque<BatchRow<A, B>> rows = new ArrayDeque<>();
    private final AtomicInteger all;

    /**
     * None yet.
     *
     * @param all how many rows wait, here and elsewhere
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

    /** Takes one out; false if it is not there. */
    boolean remove(BatchRow<A, B> row) {
        boolean removed = rows.remove(row);
        if (removed) {
            all.decrementAndGet();
        }
        return removed;
    }

    /** Takes out the oldest, so many at most. */
    List<BatchRow<A, B>> take(int most) {
        List<BatchRow<A, B>> taken = new ArrayList<>(Math.min(most, rows.size()));
        while (taken.size() < most && !rows.isEmpty()) {
            taken.add(rows.remove());
        }
        return uncounted(taken);
    }

    /** Takes out those that have waited too long. */
    List<BatchRow<A, B>> takeLate() {
        List<BatchRow<A, B>> late = new ArrayList<>();
        rows.removeIf(row -> row.patience().isOver() && late.add(row));
        return uncounted(late);
    }

    /** The one that will be the first to have waited too long. */
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
