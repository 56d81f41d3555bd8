package org.pekkochannels.database;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatchers;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.CaseStrategy;
import org.jdbi.v3.core.mapper.MapMappers;
import org.jdbi.v3.core.mapper.reflect.ReflectionMappers;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.database.jdbc.OneConnection;
import org.pekkochannels.database.jdbc.StatementMessage;
import org.pekkochannels.database.jdbc.TimerThread;
import org.pekkochannels.tracing.span.CallTracer;

/** The state that all views of one database share: its handles, its pool, and pending work. Thread-safe. */
final class DatabaseCore {
    private static final SafeLog LOG = SafeLog.of(DatabaseCore.class);

    private final ActorSystem system;
    private final Timers timers;
    private final DatabaseDispatcher dispatcher;
    private final Jdbi jdbi;
    private final ConnectionPool pool;
    private final CallbackConnections connections;
    private final @Nullable CallLimits configured;
    private final Gate gate = new Gate();
    private final OpenHandles openHandles;
    private final CallTracer tracer;
    private final Map<String, BatchQueue<?, ?>> batches = new ConcurrentHashMap<>();
    private @Nullable CompletableFuture<Done> stopped;

    DatabaseCore(ActorSystem system, DatabaseDispatcher dispatcher, Jdbi jdbi, ConnectionPool pool, CallTracer tracer) {
        this.system = system;
        this.timers = new Timers(system);
        this.dispatcher = dispatcher;
        this.configured = CallLimits.of(dispatcher.settings(), null);
        this.jdbi = jdbi;
        this.pool = pool;
        this.tracer = tracer;
        this.openHandles = new OpenHandles(
                system,
                dispatcher.settings(),
                dispatcher.handleWatch(),
                dispatcher.meters().handleLifetime());
        this.connections = new CallbackConnections(jdbi, pool, openHandles, dispatcher.deadlineWatch());
    }

    /** A JDBI over {@code source}, with our defaults. */
    static Jdbi jdbi(ConnectionFactory source) {
        Jdbi jdbi = OneConnection.jdbi(source, CallbackWork.class);
        jdbi.installPlugin(new SqlObjectPlugin());
        jdbi.setHandleScope(new ThreadHandleScope());
        jdbi.setTransactionHandler(new JdbiTransactions(jdbi.getTransactionHandler()));
        jdbi.configure(StatementExceptions.class, failures -> failures.setMessageRendering(StatementMessage::of));
        jdbi.configure(SqlStatements.class, statements -> statements.setAttachAllStatementsForCleanup(true));
        // The default uses the locale: in Turkish, records would not be mapped.
        jdbi.configure(MapMappers.class, mappers -> mappers.setCaseChange(CaseStrategy.LOWER));
        jdbi.configure(ReflectionMappers.class, mappers -> mappers.setCaseChange(CaseStrategy.LOWER));
        return jdbi;
    }

    /** Whether statements are limited even without a deadline. */
    boolean isLimited() {
        return configured != null;
    }

    Jdbi jdbi() {
        return jdbi;
    }

    /** The JDBI, which uses the callback's handle on this thread from now on; the first access of a call. */
    Jdbi opened(HandleSource handles) {
        ((CallbackHandle) handles).handleWithRoom();
        return jdbi;
    }

    <T extends @Nullable Object> CompletionStage<T> submit(HandleSource.Callback<T> work, CallOptions unplaced) {
        StackRoom.require();
        CallOptions options;
        try {
            options = unplaced.placed();
        } catch (RuntimeException noPlace) {
            return failed(unplaced, noPlace);
        }
        Deadline deadline = options.callDeadline();
        Cancellation cancellation = options.ends().isEmpty() ? null : new Cancellation();
        CallbackWork<T> attempts = work(work, options.owner(), deadline, cancellation);
        Call<T> call = new Call<>(attempts, gate, options, deadline, cancellation, observation(), result(options));
        if (!gate.enter()) {
            call.refuse(new DatabaseClosedException());
        } else if (cancellation == null) {
            dispatcher.admission().submit(call);
        } else {
            submit(call, cancellation, options);
        }
        return call.result();
    }

    private void submit(Call<?> call, Cancellation cancellation, CallOptions options) {
        Admission admission = dispatcher.admission();
        // First, so that an end during the submission is not missed.
        options.whenEnded(call.result(), () -> admission.cancel(call, cancellation));
        admission.submit(call);
    }

    /** The stage of a call for which its owner has no place. */
    <T extends @Nullable Object> CompletionStage<T> failed(CallOptions options, RuntimeException noPlace) {
        CallFuture<T> failed = result(options);
        failed.completeExceptionally(noPlace);
        return failed;
    }

    /** The future of a call with these options. */
    <T extends @Nullable Object> CallFuture<T> result(CallOptions options) {
        return new CallFuture<>(options.owner(), admission());
    }

    /** Submits an unobserved call of work that is inside the gate, and so may continue after the gate is closed. */
    <T> CompletionStage<T> submitInside(HandleSource.Callback<T> work, Executor owner) {
        CallbackWork<T> attempts = work(work, owner, null, null);
        CallOptions options = CallOptions.of(owner);
        Call<T> call = new Call<>(attempts, gate, options, null, null, Observation.NONE, result(options));
        gate.enterAgain();
        admission().submit(call);
        return call.result();
    }

    /** Work for a database thread, with these limits. */
    <T extends @Nullable Object> CallbackWork<T> work(
            HandleSource.Callback<T> work,
            Executor owner,
            @Nullable Deadline deadline,
            @Nullable Cancellation cancellation) {
        CallLimits limits = deadline == null ? configured : CallLimits.of(settings(), deadline);
        return new CallbackWork<>(work, new CallbackEnvironment(connections, limits, owner, cancellation));
    }

    /** The batch of that name, created on first use. */
    @SuppressWarnings("unchecked") // The same code has made it.
    <A, B> BatchQueue<A, B> batch(String name, int maxRows, HandleFunction<List<A>, List<B>> function) {
        BatchQueue<?, ?> known = batches.get(name);
        BatchQueue<?, ?> queue = known == null ? newBatch(name, maxRows, function) : known;
        queue.requireSame(maxRows, function);
        return (BatchQueue<A, B>) queue;
    }

    // Synchronized, so that two new names cannot exceed the bound together.
    private synchronized <A, B> BatchQueue<?, ?> newBatch(
            String name, int maxRows, HandleFunction<List<A>, List<B>> function) {
        int most = settings().maxBatches();
        if (batches.size() >= most && !batches.containsKey(name)) {
            throw new IllegalStateException("batch '" + name + "' exceeds the maximum of " + most + " names ("
                    + settings().section() + ".max-batches), kept for as long as the database; name a batch after its"
                    + " statement, and put varying data, for example a room, into the row");
        }
        return batches.computeIfAbsent(name, key -> new BatchQueue<>(name, maxRows, function, this));
    }

    /** Runs a task later, on the default dispatcher; never after the actor system has terminated. */
    void after(Duration delay, Runnable task) {
        timers.after(delay, task);
    }

    Gate gate() {
        return gate;
    }

    Admission admission() {
        return dispatcher.admission();
    }

    DispatcherSettings settings() {
        return dispatcher.settings();
    }

    /** Observes work that its caller submits now, on this thread. */
    Observation observation() {
        return Observation.of(dispatcher.meters(), tracer);
    }

    /** Registers metrics of its handles and its pool; those of its threads are registered in any case. */
    DatabaseCore measured() {
        dispatcher.meters().watch(openHandles, pool);
        dispatcher.meters().watchBatches(batches::size);
        return this;
    }

    CompletionStage<Done> ping(Database within) {
        return Ping.of(within, pool);
    }

    DatabaseStats stats() {
        Admission admission = dispatcher.admission();
        Admission.Load load = admission.load();
        Admission.UnservedCounters unserved = admission.unserved();
        return new DatabaseStats(
                load.threads(),
                load.busy(),
                admission.waiting(),
                openHandles.count(),
                pool.stats(),
                unserved.overloaded.get(),
                unserved.timedOut.get(),
                unserved.cancelled.get(),
                openHandles.longHeld());
    }

    Duration stopTimeout() {
        return dispatcher.settings().stopTimeout();
    }

    /** A separate future per caller: a caller that stops waiting must not affect the others. */
    synchronized CompletionStage<Done> stop(Duration patience) {
        if (stopped == null) {
            stopped = stopped(patience);
        }
        return stopped.copy();
    }

    private CompletableFuture<Done> stopped(Duration patience) {
        CompletableFuture<Done> ended = gate.close().copy();
        Future<?> timer = TimerThread.after(patience, () -> ended.complete(Done.done()));
        return ended.whenComplete((done, failure) -> timer.cancel(false))
                .thenApplyAsync(this::finish, system.dispatchers().lookup(Dispatchers.DefaultBlockingDispatcherId()));
    }

    private Done finish(Done done) {
        batches.values().forEach(BatchQueue::close);
        dispatcher.admission().withdraw(gate);
        if (gate.inside() > 0) {
            LOG.warn(
                    "database stopped while {} still ran: {}.stop-timeout has passed",
                    Counted.of(gate.inside(), "callback"),
                    dispatcher.settings().section());
        }
        pool.close();
        connections.close();
        return done;
    }
}
