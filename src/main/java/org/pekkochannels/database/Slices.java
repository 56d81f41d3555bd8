package org.pekkochannels.database;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;

/**
 * A large result, read slice by slice in the order of a key.
 *
 * <p>Each slice is a separate call, bounded and timed like any other: between two slices no handle is open, no thread is busy and no
 * transaction is open. Rows written meanwhile after the last key are included, those before it are not. The next slice is requested only
 * when the last one has been processed. Created by {@link Database#slices}; immutable, and can be read any number of times.
 *
 * @param <K> the type of the key, which must be unique and define the order of the slices
 * @param <T> the type of a row
 */
public final class Slices<K, T> {
    private static final String NO_STAGE =
            "the function of forEach(..) returned null; return a stage of whether to continue";

    private final Database database;
    private final Supplier<CallFuture<Done>> ends;
    private final K start;
    private final Function<T, K> key;
    private final HandleFunction<K, List<T>> slice;

    Slices(
            Database database,
            Supplier<CallFuture<Done>> ends,
            K start,
            Function<T, K> key,
            HandleFunction<K, List<T>> slice) {
        this.database = database;
        this.ends = ends;
        this.start = start;
        this.key = key;
        this.slice = slice;
    }

    /**
     * Passes each slice to {@code body}, on the executor of the database's view, until the result ends or {@code body} stops it. The
     * deadline of a consumer's callback is determined by this call for all slices.
     *
     * @param body processes a slice, which is never empty; its stage is waited for, and false ends the reading
     * @return completes after the last slice; fails with the failure of a slice's reading or of {@code body}
     */
    public CompletionStage<Done> forEach(Function<? super List<T>, ? extends CompletionStage<Boolean>> body) {
        requireNonNull(body, "the function of forEach(..) must not be null; pass one that takes a slice");
        Reading reading = new Reading(body);
        reading.begin();
        return reading.ended;
    }

    /**
     * The rows as a source for Pekko Streams: a slice is read when the previous one has been emitted.
     *
     * @return the source; it can be run any number of times, each time from the start
     */
    public Source<T, NotUsed> source() {
        return Source.unfoldAsync(start, this::unfold)
                .mapError(CompletionException.class, ConfinedFuture::unwrap)
                .mapConcat(rows -> rows);
    }

    private CompletionStage<Optional<Pair<K, List<T>>>> unfold(K after) {
        return read(database, after)
                .thenApply(rows ->
                        rows.isEmpty() ? Optional.empty() : Optional.of(Pair.create(lastKey(rows, after), rows)));
    }

    private CompletionStage<List<T>> read(Database from, K after) {
        return from.withHandle(handle -> requireNonNull(
                slice.apply(handle, after),
                "the function that reads a slice returned null; return an empty list at the end"));
    }

    /** If the key did not increase, the last rows would be read endlessly. */
    private K lastKey(List<T> rows, K after) {
        K last = requireNonNull(
                key.apply(rows.get(rows.size() - 1)),
                "the key of a slice's last row is null; order by a key that is not");
        if (last.equals(after)) {
            throw new IllegalStateException("a slice ended with the key after which it should begin, " + after
                    + "; its statement must select only later rows: key > :last, not key >= :last");
        }
        return last;
    }

    /** One reading. A loop rather than a chain of stages, which would grow with each slice. */
    private final class Reading {
        private final Function<? super List<T>, ? extends CompletionStage<Boolean>> body;
        private final CallFuture<Done> ended = ends.get();
        // The reading counts as one call of the caller: later slices must not use the options of code that runs then.
        private final Database own = database.withOptionsOfNow();

        Reading(Function<? super List<T>, ? extends CompletionStage<Boolean>> body) {
            this.body = body;
        }

        /**
         * Async, unlike later steps on the executor: the first slice may arrive before this thread, which may be any thread, has added the
         * next step.
         */
        void begin() {
            read(own, start)
                    .thenComposeAsync(rows -> take(rows, start))
                    .whenCompleteAsync(this::goOn)
                    .whenComplete(this::failIfRejected);
        }

        /** An executor that has stopped runs nothing more; a failure of the reading itself takes precedence. */
        private void failIfRejected(Optional<K> after, @Nullable Throwable failure) {
            if (failure != null) {
                ended.completeExceptionally(ConfinedFuture.unwrap(failure));
            }
        }

        private void next(K after) {
            read(own, after).thenCompose(rows -> take(rows, after)).whenComplete(this::goOn);
        }

        // The calling stage would swallow the failure, and the reading would never end.
        private void nextOrFail(K after) {
            try {
                next(after);
            } catch (Throwable unexpected) {
                ended.completeExceptionally(unexpected);
            }
        }

        private CompletionStage<Optional<K>> take(List<T> rows, K after) {
            if (rows.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            K last = lastKey(rows, after);
            return ConfinedFuture.of(requireNonNull(body.apply(rows), NO_STAGE), ended.defaultExecutor())
                    .thenApply(more -> more ? Optional.of(last) : Optional.empty());
        }

        private void goOn(Optional<K> after, @Nullable Throwable failure) {
            if (failure != null) {
                ended.completeExceptionally(ConfinedFuture.unwrap(failure));
            } else if (after.isPresent()) {
                nextOrFail(after.get());
            } else {
                ended.complete(Done.done());
            }
        }
    }
}
