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
 * A large result, read slice by slice in the order of a key, for whoever cannot take it all at once.
 *
 * <p>Each slice is a call of its own, bounded and timed as any other: between two of them no handle is open, no thread busy
 * and no transaction under way. So what is written meanwhile behind the last key is seen, and what is written before it is
 * not. The next slice is asked for only when the last has been dealt with. Made by {@link Database#slices}; immutable, and
 * may be read any number of times.
 *
 * @param <K> the key: unique, and what the slices are ordered by
 * @param <T> a row
 */
public final class Slices<K, T> {
    private static final String NO_STAGE =
            "the function of forEach(..) returned null; return a stage of whether to go on";

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
     * Gives each slice to {@code body}, on the executor of the database's view, until there is none or it has had enough. The
     * terms of {@link Database#eachCall}, such as the deadline of a consumer's callback, are those of this call for all slices.
     *
     * @param body takes a slice, which is never empty; its stage is waited for, and false ends the reading
     * @return completes after the last slice; fails with what failed, the reading of a slice or {@code body}
     */
    public CompletionStage<Done> forEach(Function<? super List<T>, ? extends CompletionStage<Boolean>> body) {
        requireNonNull(body, "the function of forEach(..) must not be null; pass one that takes a slice");
        Reading reading = new Reading(body);
        reading.begin();
        return reading.ended;
    }

    /**
     * The rows as a source for Pekko Streams: a slice is read when the one before has gone downstream.
     *
     * @return the source; it may be run any number of times, each from the start
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

    /** With a key that does not rise the last rows would be read again without end. */
    private K lastKey(List<T> rows, K after) {
        K last = requireNonNull(
                key.apply(rows.get(rows.size() - 1)),
                "the key of a slice's last row is null; order by a key that is not");
        if (last.equals(after)) {
            throw new IllegalStateException("a slice has ended with the key that it was to begin after, " + after
                    + "; its statement must select only what comes after that: key > :last, not key >= :last");
        }
        return last;
    }

    /** One reading: a loop rather than a chain of stages, which would grow with each slice. */
    private final class Reading {
        private final Function<? super List<T>, ? extends CompletionStage<Boolean>> body;
        private final CallFuture<Done> ended = ends.get();
        // One call to the caller: slices that are asked for later are not on the terms of what runs then.
        private final Database own = database.withTermsOfNow();

        Reading(Function<? super List<T>, ? extends CompletionStage<Boolean>> body) {
            this.body = body;
        }

        /**
         * Async, unlike what follows on the executor: the first slice may have come before this thread, which may be any, has said
         * what to do with it.
         */
        void begin() {
            read(own, start)
                    .thenComposeAsync(rows -> take(rows, start))
                    .whenCompleteAsync(this::goOn)
                    .whenComplete(this::failIfRejected);
        }

        /** An executor that has gone runs nothing more; what the reading itself failed with has come before. */
        private void failIfRejected(Optional<K> after, @Nullable Throwable failure) {
            if (failure != null) {
                ended.completeExceptionally(ConfinedFuture.unwrap(failure));
            }
        }

        private void next(K after) {
            read(own, after).thenCompose(rows -> take(rows, after)).whenComplete(this::goOn);
        }

        // The stage would hide what this throws, and the reading would never end.
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
