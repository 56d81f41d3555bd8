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
import org.jdbi.v3.core.Jdbi;
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
 *   <li>{@link DatabaseTimeoutException} when {@code statement-timeout}, {@code lock-timeout} or {@code within} cut it off
 *   <li>{@link DatabaseCancelledException} when what {@link #cancelledBy} names did, and then only
 *   <li>{@link DatabaseClosedException} after {@link #stop}
 * </ul>
 *
 * <p>A stage that its caller completes or cancels while the work waits keeps that work from starting; work that runs is
 * ended only with {@link #cancelledBy}. Inside a callback, {@code join} and {@code get} of a stage of the same database that
 * is not complete fail with {@link IllegalStateException}: all threads doing so would wait for each other. There,
 * {@code onDemand} objects and {@code jdbi().withHandle} share the callback's handle.
 *
 * <p>Thread-safe.
 */
public final class Database extends DatabaseCalls {
    private final DatabaseCore core;
    private final Terms terms;
    private final @Nullable UnaryOperator<Database> eachCall;

    Database(DatabaseCore core, Terms terms) {
        this(core, terms, null);
    }

    private Database(DatabaseCore core, Terms terms, @Nullable UnaryOperator<Database> eachCall) {
        this.core = core;
        this.terms = terms;
        this.eachCall = eachCall;
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
        return Databases.of(system.classicSystem())
                .named(requireNonNull(
                        name, "the name of a database must not be null; leave it out for channels.database"));
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
     * How many connections the pools of an actor system's databases may open together: those of {@link #get} that are open,
     * each with as many as its {@code threads}. Pools of the application's own are not counted.
     *
     * @param system a typed or classic actor system
     * @return the number
     */
    public static int connections(ClassicActorSystemProvider system) {
        return Databases.of(system.classicSystem()).connections();
    }

    /**
     * A database over the application's own pool, on the actor system's database dispatcher.
     *
     * <p>The pool should hold as many connections as {@code channels.database.threads}; closing it remains the
     * application's task, after {@link #stop}. Each call makes a new database with batches and statistics of its own: make one
     * for each pool, at start, and keep it in a field.
     *
     * @param system a typed or classic actor system
     * @param source gives connections
     * @return a new database
     */
    public static Database of(ClassicActorSystemProvider system, DataSource source) {
        requireNonNull(source, "the DataSource of Database.of(..) must not be null");
        return Databases.over(
                system, DatabaseCore.jdbi(ConnectionPool.connections(source)), ConnectionPool.watching(source));
    }

    /**
     * A database over the application's own {@link Jdbi}, left as it is, on the actor system's database dispatcher. Each call makes a
     * new database: make one for each {@code Jdbi}, at start, and keep it in a field.
     *
     * @param system a typed or classic actor system
     * @param jdbi opens handles
     * @return a new database
     */
    public static Database of(ClassicActorSystemProvider system, Jdbi jdbi) {
        return Databases.over(
                system, requireNonNull(jdbi, "the Jdbi of Database.of(..) must not be null"), ConnectionPool.none());
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
        return with(terms.on(requireNonNull(executor, "the executor of on(..) must not be null")));
    }

    /**
     * The same database for work that must run however much waits, such as a consumer's {@code disconnect}.
     *
     * <p>It goes before all other waiting work, and no bound of waiting holds for it: who asks for it has one of its own.
     *
     * @return a view; it counts, and stops, together with this one
     */
    public Database forCleanup() {
        return with(terms.forCleanup());
    }

    /**
     * The same database for work that is of use only for some time.
     *
     * <p>The time counts from each call. What has not started by then never starts ({@link DatabaseWaitTimeoutException});
     * a statement that is running then is cut off, and no other begins ({@link DatabaseTimeoutException}): to the
     * millisecond in the first statement of a transaction on PostgreSQL, else to the next second.
     *
     * @param time how long a call may take, waiting included; longer than zero and at most 24 hours
     * @return a view; it counts, and stops, together with this one
     * @throws IllegalArgumentException when the time is out of bounds
     */
    public Database within(Duration time) {
        requireNonNull(time, "the time of within(..) must not be null; leave the call out where there is no limit");
        return with(terms.within(time));
    }

    /**
     * The same database for work that must be over by a deadline, through however many calls and databases it goes.
     *
     * <p>As {@link #within(Duration)}, which may give a single call less, but the time is that of all calls together.
     *
     * @param deadline when all of it must be over; of several, the first
     * @return a view; it counts, and stops, together with this one
     */
    public Database within(Deadline deadline) {
        requireNonNull(deadline, "the deadline of within(..) must not be null; leave the call out where there is none");
        return with(terms.within(deadline));
    }

    /**
     * The same database for work that is of use only until something happens: until somebody has left, for example.
     *
     * <p>When {@code end} completes, in whatever way, work that waits is dropped, and never starts. Work that runs is cut
     * off: its statement is cancelled, no other begins, and its transaction is rolled back, unless that commits already.
     * Both fail with {@link DatabaseCancelledException}, within milliseconds as a rule; work that has come to its end by
     * then returns what it has. The same happens when the caller himself completes or cancels a stage that this view gave
     * him (that stage, not one derived from it). Only JDBI's statements are cancelled, not those that a callback makes of
     * the bare connection, nor what else it does.
     *
     * @param end what the work is not to outlive; it may live long, and serve many views and calls
     * @return a view; it counts, and stops, together with this one
     */
    public Database cancelledBy(CompletionStage<?> end) {
        requireNonNull(end, "the stage of cancelledBy(..) must not be null; leave the call out where there is none");
        return with(terms.cancelledBy(end.toCompletableFuture()));
    }

    /**
     * The same database on terms that are another's at each call, for a view that is kept: the deadline of the message at
     * hand, for example.
     *
     * @param view makes the view that a call goes by out of this one, when the call begins and on its caller's thread; what
     *     it throws, the call throws
     * @return a view; it counts, and stops, together with this one
     */
    public Database eachCall(UnaryOperator<Database> view) {
        requireNonNull(view, "the function of eachCall(..) must not be null");
        UnaryOperator<Database> before = eachCall;
        return new Database(core, terms, before == null ? view : made -> view.apply(before.apply(made)));
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> withLazyHandle(LazyHandleCallback<T> work) {
        return core.submit(work, now());
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
        requireNonNull(start, "the first key of slices(..) must not be null; pass one that is less than all others");
        requireNonNull(key, "the key function of slices(..) must not be null");
        requireNonNull(slice, "the function of slices(..) that reads a slice must not be null");
        return new Slices<>(this, () -> core.result(terms), start, key, slice);
    }

    /**
     * A batch, which collects the rows of many callers for one statement; the same for all who ask by its name.
     *
     * <p>A name is kept as long as the database, and there are {@code channels.database.max-batches} of them at most. Name a
     * batch after its statement, not after a user or a room: what differs belongs into the row.
     *
     * @param name what it is called; all who ask by this name do so in the same place of the code
     * @param maxRows how many rows are written at once, from 1 to 10000
     * @param function writes rows, and returns one result for each, in their order; it serves every caller, so it must not
     *     use what belongs to one. It runs in a transaction, which it must not end: rows that are committed already would be
     *     written again when others fail
     * @param <A> a row
     * @param <B> a row's result
     * @return the batch; its results complete as those of this view, and {@link #within} counts from each row's own
     *     addition
     * @throws IllegalArgumentException when the name is another batch's, or {@code maxRows} is out of bounds
     * @throws IllegalStateException when there are {@code max-batches} other names
     */
    public <A, B> Batch<A, B> batched(String name, int maxRows, HandleFunction<List<A>, List<B>> function) {
        requireNonNull(name, "the name of a batch must not be null");
        requireNonNull(function, () -> "the function of the batch '" + name + "' must not be null");
        return new Batch<>(core.batch(name, maxRows, function), this);
    }

    /**
     * Asks the database whether it answers, as a health check does: by a connection of the pool, on a database thread.
     *
     * @param time how long that may take, waiting included; longer than zero and at most 24 hours
     * @return completes if it has answered. Where no thread was free in time, by what the last logins have told. Fails with
     *     {@link DatabaseUnavailableException} if it cannot be reached, has not answered in time or has said no
     * @throws IllegalArgumentException when the time is out of bounds
     */
    public CompletionStage<Done> ping(Duration time) {
        return core.ping(within(time));
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
     * @param patience how long work may take to end; from zero to 24 hours
     * @return completes when the pool is closed
     * @throws IllegalArgumentException when the time is out of bounds
     */
    public CompletionStage<Done> stop(Duration patience) {
        return core.stop(Deadline.checkedPatience(patience));
    }

    @Override
    Jdbi opened(HandleSource handles) {
        return core.opened(handles);
    }

    @Override
    boolean isPlain() {
        return now().isPlain() && !core.isLimited();
    }

    /** The same database, on the terms of a call that begins now. */
    Database withTermsOfNow() {
        return eachCall == null ? this : new Database(core, now());
    }

    /** The terms of a call that begins now. */
    Terms now() {
        return eachCall == null
                ? terms
                : eachCall.apply(new Database(core, terms)).now();
    }

    private Database with(Terms other) {
        return new Database(core, other, eachCall);
    }
}
