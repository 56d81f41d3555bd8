package org.pekkochannels.database;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.ExtensionCallback;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.extension.NoSuchExtensionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs database work for actors, on the database dispatcher, with a separate JDBI handle for each call.
 *
 * <p>Every call takes the same path. It waits for one of the {@code channels.database.threads} threads, within {@code max-waiting} and
 * {@code max-wait}. There the callback runs with a new handle, in the logging context (MDC) of its caller. The handle is closed, on every
 * path. Then the stage completes on the executor of this view ({@link #on}), in the logging context that the callback left. A view without
 * {@code on} completes its stages on the actor system's default dispatcher, never on a database thread.
 *
 * <p>No method blocks. Failures are reported by the stage, not thrown. A stage fails with
 *
 * <ul>
 * <li>the exception of the callback or JDBI, unchanged; {@code inTransaction} and {@code useTransaction} have then rolled back
 * <li>{@link DatabaseOverloadedException} or {@link DatabaseWaitTimeoutException}, both {@link DatabaseBusyException}, if too much work
 * waits; the callback never ran
 * <li>{@link DatabaseTimeoutException} if {@code statement-timeout}, {@code lock-timeout} or {@code within} cut it off
 * <li>{@link DatabaseCancelledException} only if it was cancelled through {@link #cancelledBy}
 * <li>{@link DatabaseClosedException} after {@link #stop}
 * </ul>
 *
 * <p>If a caller completes or cancels a stage while its work waits, the work is discarded; running work is ended only with
 * {@link #cancelledBy}. Inside a callback, {@code join} and {@code get} of an incomplete stage of the same database fail with
 * {@link IllegalStateException}, because threads that do so could all wait for each other. There, {@code onDemand} objects and
 * {@code jdbi().withHandle} share the callback's handle.
 *
 * <p>Thread-safe.
 */
public final class Database {
    private static final String NO_WORK =
            "the callback of a database call must not be null; pass one that takes a handle";

    private final DatabaseCore core;
    private final CallOptions options;
    private final @Nullable UnaryOperator<Database> eachCall;

    Database(DatabaseCore core, CallOptions options) {
        this(core, options, null);
    }

    private Database(DatabaseCore core, CallOptions options, @Nullable UnaryOperator<Database> eachCall) {
        this.core = core;
        this.options = options;
        this.eachCall = eachCall;
    }

    /**
     * The actor system's default database, configured by {@code channels.database}.
     *
     * <p>The first call opens it on the caller's thread, and with {@code fail-fast} waits for the database's answer: make that call at
     * start. Coordinated shutdown stops it in the phase {@code before-actor-system-terminate}.
     *
     * @param system a typed or classic actor system
     * @return the database, the same at every call
     * @throws com.typesafe.config.ConfigException if a key is out of bounds or no driver matches the URL
     * @throws DatabaseUnavailableException if the database does not answer and {@code fail-fast} is on
     */
    public static Database get(ClassicActorSystemProvider system) {
        return DatabaseExtension.of(system.classicSystem()).byDefault();
    }

    /**
     * One of the actor system's further databases, configured by {@code channels.databases.<name>}; missing keys are taken from
     * {@code channels.database}.
     *
     * <p>It has separate threads and connections: however slow it is, calls to other databases do not wait for it.
     *
     * @param system a typed or classic actor system
     * @param name the section's name
     * @return the database, the same at every call; fails like the default one, and for an unknown key
     * @throws IllegalArgumentException if the section does not exist
     */
    public static Database get(ClassicActorSystemProvider system, String name) {
        return DatabaseExtension.of(system.classicSystem())
                .named(requireNonNull(
                        name, "the name of a database must not be null; leave it out for channels.database"));
    }

    /**
     * Opens every configured database, so that the start fails rather than a later call.
     *
     * @param system a typed or classic actor system
     */
    public static void openAll(ClassicActorSystemProvider system) {
        DatabaseExtension.of(system.classicSystem()).openAll();
    }

    /**
     * The maximum number of connections of an actor system's open databases: the sum of their {@code threads}. Pools of the application are
     * not counted.
     *
     * @param system a typed or classic actor system
     * @return the number
     */
    public static int connections(ClassicActorSystemProvider system) {
        return DatabaseExtension.of(system.classicSystem()).connections();
    }

    /**
     * A database over the application's pool, on the actor system's database dispatcher.
     *
     * <p>The pool should have as many connections as {@code channels.database.threads}; the application closes it, after {@link #stop}.
     * Each call creates a database with separate batches and statistics: create one per pool, at start, and keep it in a field.
     *
     * @param system a typed or classic actor system
     * @param source provides connections
     * @return a new database
     */
    public static Database of(ClassicActorSystemProvider system, DataSource source) {
        requireNonNull(source, "the DataSource of Database.of(..) must not be null");
        return DatabaseExtension.over(
                system, DatabaseCore.jdbi(ConnectionPool.connections(source)), ConnectionPool.watching(source));
    }

    /**
     * A database over the application's {@link Jdbi}, which is not changed, on the actor system's database dispatcher. Each call creates a
     * database: create one per {@code Jdbi}, at start, and keep it in a field.
     *
     * @param system a typed or classic actor system
     * @param jdbi opens handles
     * @return a new database
     */
    public static Database of(ClassicActorSystemProvider system, Jdbi jdbi) {
        return DatabaseExtension.over(
                system, requireNonNull(jdbi, "the Jdbi of Database.of(..) must not be null"), ConnectionPool.none());
    }

    /**
     * A view that completes its stages on another executor.
     *
     * <p>All its stages, and those derived from them, run there, also with {@code thenApplyAsync}. An executor that runs tasks directly
     * would do so on the database thread. If it rejects a result, the stage fails with the rejection.
     *
     * @param executor completes the stages, for example inside an actor's turn
     * @return a view; it counts, and stops, together with this one
     */
    public Database on(Executor executor) {
        return with(options.on(requireNonNull(executor, "the executor of on(..) must not be null")));
    }

    /**
     * A view for work that is useful only for some time.
     *
     * <p>The time is counted from each call. A call that has not started by then is discarded ({@link DatabaseWaitTimeoutException}). A
     * running statement is cut off and no further one is executed ({@link DatabaseTimeoutException}): to the millisecond in the first
     * statement of a transaction on PostgreSQL, otherwise to the next second.
     *
     * @param time how long a call may take, including waiting; longer than zero and at most 24 hours
     * @return a view; it counts, and stops, together with this one
     * @throws IllegalArgumentException if the time is out of bounds
     */
    public Database within(Duration time) {
        requireNonNull(time, "the time of within(..) must not be null; leave the call out where there is no limit");
        return with(options.within(time));
    }

    /**
     * A view for work that must end by a deadline, over any number of calls and databases.
     *
     * <p>Like {@link #within(Duration)}, which can limit a single call further, but the time is shared by all calls.
     *
     * @param deadline when all work must have ended; the earliest of several applies
     * @return a view; it counts, and stops, together with this one
     */
    public Database within(Deadline deadline) {
        requireNonNull(deadline, "the deadline of within(..) must not be null; leave the call out where there is none");
        return with(options.within(deadline));
    }

    /**
     * A view for work that is useful only until an event, for example until a client has left.
     *
     * <p>When {@code end} completes, in whatever way, waiting work is discarded. Running work is cut off: its statement is cancelled, no
     * further one is executed, and its transaction is rolled back, unless it already commits. Both fail with
     * {@link DatabaseCancelledException}, usually within milliseconds; work that has finished by then returns its result. The same happens
     * if the caller itself completes or cancels a stage of this view (that stage, not one derived from it). Only JDBI's statements are
     * cancelled, not those that a callback creates from the plain connection, and not its other work.
     *
     * @param end the event that cancels the work; it may be long-lived and shared by many views and calls
     * @return a view; it counts, and stops, together with this one
     */
    public Database cancelledBy(CompletionStage<?> end) {
        requireNonNull(end, "the stage of cancelledBy(..) must not be null; leave the call out where there is none");
        return with(options.cancelledBy(end.toCompletableFuture()));
    }

    /**
     * Runs {@code work} with a handle, in autocommit.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned
     */
    public <T extends @Nullable Object> CompletionStage<T> withHandle(HandleCallback<T, ? extends Exception> work) {
        requireNonNull(work, NO_WORK);
        return withLazyHandle(handles -> core.opened(handles).withHandle(work));
    }

    /**
     * Runs {@code work} with a handle, in autocommit, for its effect.
     *
     * @param work the callback, on a database thread
     * @return completes when the handle is closed
     */
    public CompletionStage<Done> useHandle(HandleConsumer<? extends Exception> work) {
        return withHandle(done(work));
    }

    /**
     * Runs {@code work} in a transaction: committed when it returns, rolled back when it throws.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned, after the commit
     */
    public <T extends @Nullable Object> CompletionStage<T> inTransaction(HandleCallback<T, ? extends Exception> work) {
        requireNonNull(work, NO_WORK);
        return isPlain()
                ? withLazyHandle(handles -> core.opened(handles).inTransaction(work))
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
    public <T extends @Nullable Object> CompletionStage<T> inTransaction(
            TransactionOptions options, HandleCallback<T, ? extends Exception> work) {
        requireNonNull(options, "the options of a transaction must not be null; use TransactionOptions.defaults()");
        requireNonNull(work, NO_WORK);
        return withLazyHandle(handles -> {
            handles.beginTransaction(options);
            return core.opened(handles).withHandle(work);
        });
    }

    /**
     * Runs {@code work} in a transaction, for its effect: committed when it returns, rolled back when it throws.
     *
     * @param work the callback, on a database thread
     * @return completes after the commit
     */
    public CompletionStage<Done> useTransaction(HandleConsumer<? extends Exception> work) {
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
    public <T extends @Nullable Object, E> CompletionStage<T> withExtension(
            Class<E> type, ExtensionCallback<T, E, ? extends Exception> work) {
        requireNonNull(type, "the class of an extension must not be null; pass an interface of SQL methods");
        requireNonNull(work, NO_WORK);
        return withLazyHandle(handles -> extended(core.opened(handles), type, work));
    }

    /**
     * Runs {@code work} on a database thread, and opens a handle only when the callback requests it; the pool is not used before.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned
     */
    public <T extends @Nullable Object> CompletionStage<T> withLazyHandle(HandleSource.Callback<T> work) {
        return core.submit(work, now());
    }

    /**
     * Makes a blocking function asynchronous.
     *
     * @param function needs a handle and one argument
     * @param <A> the argument
     * @param <B> the result
     * @return a function that runs {@code function} like {@link #withHandle}
     */
    public <A, B extends @Nullable Object> Function<A, CompletionStage<B>> async(HandleFunction<A, B> function) {
        requireNonNull(function, NO_WORK);
        return argument -> withHandle(handle -> function.apply(handle, argument));
    }

    /**
     * A large result in slices. Each slice is read by a separate call, so no handle is open between them.
     *
     * @param start the key before all keys
     * @param key returns a row's key
     * @param slice reads the rows after a key, in the keys' order, as many as its {@code limit} permits; an empty list is the end
     * @param <K> the type of the key
     * @param <T> the type of a row
     * @return the slices, none of which is read yet
     */
    public <K, T> Slices<K, T> slices(K start, Function<T, K> key, HandleFunction<K, List<T>> slice) {
        requireNonNull(start, "the first key of slices(..) must not be null; pass one that is less than all others");
        requireNonNull(key, "the key function of slices(..) must not be null");
        requireNonNull(slice, "the function of slices(..) that reads a slice must not be null");
        return new Slices<>(this, () -> core.result(options), start, key, slice);
    }

    /**
     * A batch, which collects the rows of many callers for one statement. All callers that use the same name share it.
     *
     * <p>A name is kept for as long as the database, and at most {@code channels.database.max-batches} names are permitted. Name a batch
     * after its statement, not after a user or a room: such data belongs in the row.
     *
     * @param name the batch's name; all uses of a name must be at the same place in the code
     * @param maxRows the maximum number of rows that are written at once, from 1 to 10000
     * @param function writes rows, and returns one result per row, in their order. All callers share it, so it must not use data of one
     *     caller. It runs in a transaction, which it must not end: committed rows would be written again if others fail
     * @param <A> a row
     * @param <B> a row's result
     * @return the batch; its results complete like those of this view, and {@link #within} counts from the time at which each row was added
     * @throws IllegalArgumentException if the name is used by another batch, or {@code maxRows} is out of bounds
     * @throws IllegalStateException if {@code max-batches} other names exist
     */
    public <A, B> Batch<A, B> batched(String name, int maxRows, HandleFunction<List<A>, List<B>> function) {
        requireNonNull(name, "the name of a batch must not be null");
        requireNonNull(function, () -> "the function of the batch '" + name + "' must not be null");
        return new Batch<>(core.batch(name, maxRows, function), this);
    }

    /**
     * Checks whether the database answers, for health checks: with a connection of the pool, on a database thread.
     *
     * @param time how long that may take, including waiting; longer than zero and at most 24 hours
     * @return completes if the database has answered. If no thread was free in time, the result of the last logins decides. Fails with
     *     {@link DatabaseUnavailableException} if the database cannot be reached, has not answered in time or has reported a failure
     * @throws IllegalArgumentException if the time is out of bounds
     */
    public CompletionStage<Done> ping(Duration time) {
        return core.ping(within(time));
    }

    /**
     * The current numbers of this database.
     *
     * @return a snapshot
     */
    public DatabaseStats stats() {
        return core.stats();
    }

    /**
     * The JDBI, for registering mappers, arguments and plugins at start. Handles opened directly from it are not counted, and block.
     *
     * @return the JDBI of this database
     */
    public Jdbi jdbi() {
        return core.jdbi();
    }

    /**
     * Like {@link #stop(Duration)}, with the configured {@code stop-timeout}.
     *
     * @return completes when the pool is closed
     */
    public CompletionStage<Done> stop() {
        return stop(core.stopTimeout());
    }

    /**
     * Rejects new work at once, lets running and waiting work finish, then closes the pool if it is ours.
     *
     * <p>After {@code patience}, waiting work fails with {@link DatabaseClosedException}, and running work loses its connection. Further
     * calls have no effect.
     *
     * @param patience how long work may take to finish; from zero to 24 hours
     * @return completes when the pool is closed
     * @throws IllegalArgumentException if the time is out of bounds
     */
    public CompletionStage<Done> stop(Duration patience) {
        return core.stop(Deadline.checkedPatience(patience));
    }

    /** Whether JDBI's own transactions are sufficient, because neither a deadline nor a cancellation can end them. */
    private boolean isPlain() {
        return now().isPlain() && !core.isLimited();
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

    private static HandleCallback<Done, Exception> done(HandleConsumer<? extends Exception> work) {
        requireNonNull(work, NO_WORK);
        return handle -> {
            work.useHandle(handle);
            return Done.done();
        };
    }

    /** See {@link CallbackViews#eachCall}. */
    Database eachCall(UnaryOperator<Database> view) {
        UnaryOperator<Database> before = eachCall;
        return new Database(core, options, before == null ? view : made -> view.apply(before.apply(made)));
    }

    /** See {@link CallbackViews#forCleanup}. */
    Database forCleanup() {
        return with(options.forCleanup());
    }

    /** A view with the options of a call that begins now. */
    Database withOptionsOfNow() {
        return eachCall == null ? this : new Database(core, now());
    }

    /** The options of a call that begins now. */
    CallOptions now() {
        return eachCall == null
                ? options
                : eachCall.apply(new Database(core, options)).now();
    }

    private Database with(CallOptions other) {
        return new Database(core, other, eachCall);
    }
}
