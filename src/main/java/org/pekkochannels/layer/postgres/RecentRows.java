package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;

/**
 * The cursors and the rows of the last seconds. Confined to the reader's thread.
 *
 * <p>A server that crashes forgets the newest transactions that were not flushed, and gives their numbers again: a cursor of that moment would
 * take new transactions for old ones. So a new connection begins with a cursor from before, and what was delivered since is left out.
 */
final class RecentRows {
    // What is not flushed is much younger: the server flushes at least each wal_writer_delay, 200 ms by default.
    private static final Duration SPAN = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofSeconds(1);

    // Of a node that reads so many rows in this time, the span is shorter.
    private static final int MOST = 200_000;

    private final Ticker ticker;
    private final Deque<Step> steps = new ArrayDeque<>();
    private int rows;

    RecentRows(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A row; with its time, because the number may be given again, too. */
    private record Key(long id, long sentMicros) {}

    /** What was read in about a second, and the cursor before. */
    private record Step(long begin, LogCursor cursor, Set<Key> keys) {}

    /** A row is being delivered. */
    void add(LogCursor before, LogRow row) {
        Step last = steps.peekLast();
        if (last == null) {
            last = new Step(ticker.read(), before, new HashSet<>());
            steps.addLast(last);
        }
        rows += last.keys().add(new Key(row.id, row.sentMicros)) ? 1 : 0;
    }

    /** All rows before a cursor were delivered. */
    void advanced(LogCursor cursor) {
        long now = ticker.read();
        Step last = steps.peekLast();
        if (last == null || now - last.begin() > STEP.toNanos()) {
            steps.addLast(new Step(now, cursor, new HashSet<>()));
        }
        while (steps.size() > 1 && (now - second().begin() > SPAN.toNanos() || rows > MOST)) {
            rows -= steps.removeFirst().keys().size();
        }
    }

    private Step second() {
        return requireNonNull(steps.stream().skip(1).findFirst().orElse(null));
    }

    /** The cursor for a new connection; null before the first read. */
    @Nullable
    LogCursor oldest() {
        Step first = steps.peekFirst();
        return first == null ? null : first.cursor();
    }

    boolean contains(LogRow row) {
        Key key = new Key(row.id, row.sentMicros);
        return steps.stream().anyMatch(step -> step.keys().contains(key));
    }

    void clear() {
        steps.clear();
        rows = 0;
    }
}
