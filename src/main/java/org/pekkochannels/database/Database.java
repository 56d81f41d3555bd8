package org.pekkochannels.database;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.ExtensionCallback;
import org.jspecify.annotations.Nullable;

/**
 * Runs database work for actors: on the database dispatcher, with a JDBI handle of its own for each call.
 *
 * <p>Every call goes the same way. It waits for one of the {@code channels.database.threads} threads, within
 * {@code max-waiting} and {@code max-wait}; there the callback runs with a fresh handle, in the logging context (MDC) of
 * its caller; the handle is closed, on every path; then the stage completes on the executor of this view
 * ({@link #on}), in the logging context that the callback left. A view without {@code on} completes its stages on the
 * actor system's default dispatcher, never on a database thread.
 *
 * <p>No method blocks, and none throws for what its stage can carry. A stage fails with
 *
 * <ul>
 *   <li>what the callback or JDBI threw, unchanged; {@code inTransaction} and {@code useTransaction} have then rolled back
 *   <li>{@link DatabaseOverloadedException} or {@link DatabaseWaitTimeoutException}, both {@link DatabaseBusyException},
 *       when too much work waits; the callback never ran
 *   <li>{@link DatabaseTimeoutException} when {@code statement-timeout}, {@code lock-timeout} or {@link #within} cut it off
 *   <li>{@link DatabaseClosedException} after {@link #stop}
 * </ul>
 *
 * <p>A stage that its caller completes or cancels while the work waits keeps that work from starting. A callback must not
 * wait for another stage of a database: all threads doing so would wait for ever. Inside the callback, {@code onDemand}
 * objects and {@code jdbi().withHandle} share its handle.
 *
 * <p>Thread-safe.
 */
public final class Database {
    private final DatabaseCore core;
    private final Executor owner;
    private final boolean cleanup;
    private final @Nullable Duration budget;

    Database(DatabaseCore core, Executor owner) {
        this(core, owner, false, null);
    }

    private Database(DatabaseCore core, Executor owner, boolean cleanup, @Nullable Duration budget) {
        this.core = core;
        this.owner = owner;
        this.cleanup = cleanup;
        this.budget = budget;
    }

    /**
     * The actor system's own database, as {@code channels.database} describes it.
     *
     * <p>The first call opens it, on the caller's thread, and with {@code fail-fast} waits for its answer: make that call
     * at start. Coordinated shutdown stops it in the phase {@code before-actor-system-terminate}.
     *
     * @param system a typed or classic actor system
     * @return the database, the same at every call
     * @throws com.typesafe.config.ConfigException when a key is out of bounds or no driver fits the URL
     * @throws DatabaseUnavailableException when the database does not answer and {@code fail-fast} is on
     */
    public static Database get(ClassicActorSystemProvider system) {
        return Databases.of(system.classicSystem()).byDefault();
    }

    /**
     * One of the actor system's further databases, as {@code channels.databases.<name>} describes it; what that section
     * does not say, {@code channels.database} does.
     *
     * <p>It has threads and connections of its own: however slow it is, calls to others do not wait for it.
     *
     * @param system a typed or classic actor system
     * @param name the section's name
     * @return the database, the same at every call; fails as the default one does, for an unknown key too
     * @throws IllegalArgumentException when there is no such section
     */
    public static Database get(ClassicActorSystemProvider system, String name) {
        return Databases.of(system.classicSystem()).named(name);
    }

    /**
     * Opens every database that the configuration describes, so that the start fails rather than a call.
     *
     * @param system a typed or classic actor system
     */
    public static void openAll(ClassicActorSystemProvider system) {
        Databases.of(system.classicSystem()).openAll();
    }

    /**
     * A database over the application's own pool, on the actor system's database dispatcher.
     *
     * <p>The pool should hold as many connections as {@code channels.database.threads}; closing it remains the
     * application's task, after {@link #stop}.
     *
     * @param system a typed or classic actor system
     * @param source gives connections
     * @return a new database
     */
    public static Database of(ClassicActorSystemProvider system, DataSource source) {
        return Databases.over(system, DatabaseCore.jdbi(source), ConnectionPool.watching(source));
    }

    /**
     * A database over the application's own {@link Jdbi}, left as it is, on the actor system's database dispatcher.
     *
     * @param system a typed or classic actor system
     * @param jdbi opens handles
     * @return a new database
     */
    public static Database of(ClassicActorSystemProvider system, Jdbi jdbi) {
        return Databases.over(system, jdbi, ConnectionPool.none());
    }

    /**
     * The same database for somebody who wants results on an executor of his own.
     *
     * <p>All its stages, and the stages derived from them, run there, also with {@code thenApplyAsync}; one that runs tasks
     * at once would do so on the database thread. Where it rejects a result, the stage fails with the rejection.
     *
     * @param executor completes the stages, for example within an actor's turn
     * @return a view; it counts, and stops, together with this one
     */
    public Database on(Executor executor) {
        return new Database(core, executor, cleanup, budget);
    }

    /**
     * The same database for work that must run however much waits, such as a consumer's {@code disconnect}.
     *
     * <p>It goes before all other waiting work, and no bound of waiting holds for it: who asks for it has one of its own.
     *
     * @return a view; it counts, and stops, together with this one
     */
    public Database forCleanup() {
        return new Database(core, owner, true, budget);
    }

    /**
     * The same database for work that is of use only for some time.
     *
     * <p>The time counts from each call. What has not started by then never starts ({@link DatabaseWaitTimeoutException});
     * a statement that is running then is cut off, and no other begins ({@link DatabaseTimeoutException}): to the
     * millisecond in transactions on PostgreSQL, else to the next second.
     *
     * @param time how long a call may take, waiting included; longer than zero
     * @return a view; it counts, and stops, together with this one
     */
    public Database within(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("time must be longer than zero, was " + time);
        }
        return new Database(core, owner, cleanup, time);
    }

    /**
     * Runs {@code work} with a handle, in autocommit.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned
     */
    public <T extends @Nullable Object> CompletionStage<T> withHandle(HandleCallback<T, ? extends Exception> work) {
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
        return budget == null && !core.isLimited()
                ? withLazyHandle(handles -> core.opened(handles).inTransaction(work))
                : inTransaction(TransactionOptions.defaults(), work);
    }

    /**
     * Runs {@code work} in a transaction of a certain kind: committed when it returns, rolled back when it throws, and run
     * again after a conflict where the options say so.
     *
     * <p>When the attempts are used up, the stage fails with the first conflict, with the later ones suppressed in it.
     *
     * @param options isolation level, read-only, attempts
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned, after the commit
     */
    public <T extends @Nullable Object> CompletionStage<T> inTransaction(
            TransactionOptions options, HandleCallback<T, ? extends Exception> work) {
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
        return withLazyHandle(handles -> core.opened(handles).withExtension(type, work));
    }

    /**
     * Runs {@code work} on a database thread, with a handle only if it asks for one: the pool is not touched before.
     *
     * @param work the callback, on a database thread
     * @param <T> the result
     * @return what the callback returned
     */
    public <T extends @Nullable Object> CompletionStage<T> withLazyHandle(LazyHandleCallback<T> work) {
        return core.submit(work, owner, cleanup, budget);
    }

    /**
     * Makes a blocking function an asynchronous one.
     *
     * @param function needs a handle and one argument
     * @param <A> the argument
     * @param <B> the result
     * @return a function that runs {@code function} as {@link #withHandle} does
     */
    public <A, B extends @Nullable Object> Function<A, CompletionStage<B>> async(HandleFunction<A, B> function) {
        return argument -> withHandle(handle -> function.apply(handle, argument));
    }

    /**
     * A large result in slices, each read by a call of its own, so that no handle is held between them.
     *
     * @param start the key before all keys
     * @param key a row's key
     * @param slice reads the rows after a key, in the keys' order and so many as its {@code limit} says; an empty list is
     *     the end
     * @param <K> the key
     * @param <T> a row
     * @return the slices, of which none is read yet
     */
    public <K, T> Slices<K, T> slices(K start, Function<T, K> key, HandleFunction<K, List<T>> slice) {
        return new Slices<>(this, owner, start, key, slice);
    }

    /**
     * A batch, which collects the rows of many callers for one statement; the same for all who ask by its name.
     *
     * @param name what it is called; whoever asks by this name does so in the same place of the code
     * @param maxRows how many rows are written at once, from 1 to 10000
     * @param function writes rows, and returns one result for each, in their order; it serves every caller, so it must not
     *     use what belongs to one
     * @param <A> a row
     * @param <B> a row's result
     * @return the batch; its results complete as those of this view, and {@link #within} counts from each row's own
     *     addition
     * @throws IllegalArgumentException when the name is another batch's, or {@code maxRows} is out of bounds
     */
    public <A, B> Batch<A, B> batched(String name, int maxRows, HandleFunction<List<A>, List<B>> function) {
        return new Batch<>(core.batch(name, maxRows, function), owner, budget);
    }

    /**
     * What this database is doing.
     *
     * @return the numbers of this moment
     */
    public DatabaseStats stats() {
        return core.stats();
    }

    /**
     * Where to register mappers, arguments and plugins, at start. Handles opened from it are not counted, and block.
     *
     * @return the JDBI of this database
     */
    public Jdbi jdbi() {
        return core.jdbi();
    }

    /**
     * Stops as {@link #stop(Duration)} does, with the configured {@code stop-timeout}.
     *
     * @return completes when the pool is closed
     */
    public CompletionStage<Done> stop() {
        return stop(core.stopTimeout());
    }

    /**
     * Refuses new work at once, lets running and waiting work end, then closes the pool if it is ours.
     *
     * <p>After {@code patience}, work that still waits fails with {@link DatabaseClosedException}, and running work loses
     * its connection. A second call changes nothing.
     *
     * @param patience how long work may take to end
     * @return completes when the pool is closed
     */
    public CompletionStage<Done> stop(Duration patience) {
        return core.stop(patience);
    }

    private static HandleCallback<Done, Exception> done(HandleConsumer<? extends Exception> work) {
        return handle -> {
            work.useHandle(handle);
            return Done.done();
        };
    }
}
