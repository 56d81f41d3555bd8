package org.pekkochannels.database;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.ExtensionCallback;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.extension.NoSuchExtensionException;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a {@link Database}. Each takes a callback that runs once on a database thread, or as often as its {@link TransactionOptions}
 * permit. {@link Database} describes what all of them share. Thread-safe.
 */
abstract sealed class DatabaseCalls permits Database {
    private static final String NO_WORK =
            "the callback of a database call must not be null; pass one that takes a handle";

    DatabaseCalls() {}

    /**
     * Runs {@code work} with a handle, in autocommit.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned
     */
    public final <T extends @Nullable Object> CompletionStage<T> withHandle(
            HandleCallback<T, ? extends Exception> work) {
        requireNonNull(work, NO_WORK);
        return withLazyHandle(handles -> opened(handles).withHandle(work));
    }

    /**
     * Runs {@code work} with a handle, in autocommit, for its effect.
     *
     * @param work the callback, on a database thread
     * @return completes when the handle is closed
     */
    public final CompletionStage<Done> useHandle(HandleConsumer<? extends Exception> work) {
        return withHandle(done(work));
    }

    /**
     * Runs {@code work} in a transaction: committed when it returns, rolled back when it throws.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned, after the commit
     */
    public final <T extends @Nullable Object> CompletionStage<T> inTransaction(
            HandleCallback<T, ? extends Exception> work) {
        requireNonNull(work, NO_WORK);
        return isPlain()
                ? withLazyHandle(handles -> opened(handles).inTransaction(work))
                : inTransaction(TransactionOptions.defaults(), work);
    }

    /**
     * Runs {@code work} in a transaction with options: committed when it returns, rolled back when it throws, and run again after a
     * conflict if the options permit.
     *
     * <p>After the last attempt, the stage fails with the first conflict, in which the later ones are suppressed.
     *
     * @param options isolation level, read-only, attempts
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned, after the commit
     */
    public final <T extends @Nullable Object> CompletionStage<T> inTransaction(
            TransactionOptions options, HandleCallback<T, ? extends Exception> work) {
        requireNonNull(options, "the options of a transaction must not be null; use TransactionOptions.defaults()");
        requireNonNull(work, NO_WORK);
        return withLazyHandle(handles -> {
            handles.beginTransaction(options);
            return opened(handles).withHandle(work);
        });
    }

    /**
     * Runs {@code work} in a transaction, for its effect: committed when it returns, rolled back when it throws.
     *
     * @param work the callback, on a database thread
     * @return completes after the commit
     */
    public final CompletionStage<Done> useTransaction(HandleConsumer<? extends Exception> work) {
        return inTransaction(done(work));
    }

    /**
     * Runs {@code work} with a JDBI extension, for example a SqlObject DAO, attached to a handle.
     *
     * @param type the extension's type
     * @param work the callback, on a database thread
     * @param <T> the result
     * @param <E> the extension
     * @return what the callback returned
     */
    public final <T extends @Nullable Object, E> CompletionStage<T> withExtension(
            Class<E> type, ExtensionCallback<T, E, ? extends Exception> work) {
        requireNonNull(type, "the class of an extension must not be null; pass an interface of SQL methods");
        requireNonNull(work, NO_WORK);
        return withLazyHandle(handles -> extended(opened(handles), type, work));
    }

    private static <T extends @Nullable Object, E> T extended(
            Jdbi jdbi, Class<E> type, ExtensionCallback<T, E, ? extends Exception> work) throws Exception {
        try {
            return jdbi.withExtension(type, work);
        } catch (NoSuchExtensionException e) {
            if (jdbi.getConfig(Extensions.class).hasExtensionFor(type)) {
                throw e;
            }
            throw new IllegalArgumentException(
                    "JDBI knows no extension of " + type.getName()
                            + ": it must be an interface with methods annotated with"
                            + " @SqlQuery, @SqlUpdate or the like; a Jdbi of the application's own needs the SqlObjectPlugin",
                    e);
        }
    }

    /**
     * Runs {@code work} on a database thread, and opens a handle only when the callback requests it; the pool is not used before.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned
     */
    public abstract <T extends @Nullable Object> CompletionStage<T> withLazyHandle(HandleSource.Callback<T> work);

    /**
     * Makes a blocking function asynchronous.
     *
     * @param function needs a handle and one argument
     * @param <A> the argument
     * @param <B> the result
     * @return a function that runs {@code function} like {@link #withHandle}
     */
    public final <A, B extends @Nullable Object> Function<A, CompletionStage<B>> async(HandleFunction<A, B> function) {
        requireNonNull(function, NO_WORK);
        return argument -> withHandle(handle -> function.apply(handle, argument));
    }

    /** The JDBI, which uses the callback's handle on this thread from now on. */
    abstract Jdbi opened(HandleSource handles);

    /** Whether JDBI's own transactions are sufficient, because neither a deadline nor a cancellation can end them. */
    abstract boolean isPlain();

    private static HandleCallback<Done, Exception> done(HandleConsumer<? extends Exception> work) {
        requireNonNull(work, NO_WORK);
        return handle -> {
            work.useHandle(handle);
            return Done.done();
        };
    }
}
