package org.pekkochannels.database;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatchers;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.CaseStrategy;
import org.jdbi.v3.core.mapper.MapMappers;
import org.jdbi.v3.core.mapper.reflect.ReflectionMappers;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.tracing.CallTracer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all views of one database share: its handles, its pool, and what is under way in it. Thread-safe. */
final class DatabaseCore {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCore.class);

    private final ActorSystem system;
    private final DatabaseDispatcher dispatcher;
    private final Jdbi jdbi;
    private final ConnectionPool pool;
    private final @Nullable Limits configured;
    private final Gate gate = new Gate();
    private final OpenHandles openHandles;
    private final Observer observer;
    private @Nullable CompletionStage<Done> stopped;

    DatabaseCore(ActorSystem system, DatabaseDispatcher dispatcher, Jdbi jdbi, ConnectionPool pool, CallTracer tracer) {
        this.system = system;
        this.dispatcher = dispatcher;
        this.configured = Limits.of(dispatcher.settings(), null);
        this.jdbi = jdbi;
        this.pool = pool;
        this.observer = new Observer(dispatcher.meters(), tracer);
        this.openHandles = new OpenHandles(
                system, dispatcher.settings(), dispatcher.meters().handleLifetime());
    }

    /** A JDBI on {@code source}, set up as we promise. */
    static Jdbi jdbi(DataSource source) {
        Jdbi jdbi = OneConnection.jdbi(source);
        jdbi.installPlugin(new SqlObjectPlugin());
        jdbi.setTransactionHandler(EscapedHandle.explaining(jdbi.getTransactionHandler()));
        // The default folds with the locale: in Turkish, records would not be mapped.
        jdbi.configure(MapMappers.class, mappers -> mappers.setCaseChange(CaseStrategy.LOWER));
        jdbi.configure(ReflectionMappers.class, mappers -> mappers.setCaseChange(CaseStrategy.LOWER));
        return jdbi;
    }

    /** Whether statements are limited without any deadline. */
    boolean isLimited() {
        return configured != null;
    }

    Jdbi jdbi() {
        return jdbi;
    }

    /** The JDBI after the message's handle was opened, which it then uses on this thread. */
    Jdbi opened(HandleSource handles) {
        handles.handle();
        return jdbi;
    }

    <T extends @Nullable Object> CompletionStage<T> submit(
            LazyHandleCallback<T> work, Executor owner, boolean cleanup, @Nullable Duration budget) {
        Deadline deadline = budget == null ? null : new Deadline(budget);
        Limits limits = deadline == null ? configured : Limits.of(dispatcher.settings(), deadline);
        Call<T> call = new Call<>(
                new MessageWork<>(work, jdbi, openHandles, limits, owner),
                gate,
                owner,
                cleanup,
                deadline,
                observer.submitted());
        if (gate.enter()) {
            dispatcher.admission().submit(call);
        } else {
            call.refuse(new DatabaseClosedException());
        }
        return call.result();
    }

    /** Measures its handles and its pool, too; its threads are measured anyway. */
    DatabaseCore measured() {
        dispatcher.meters().watch(openHandles, pool);
        return this;
    }

    DatabaseStats stats() {
        Admission admission = dispatcher.admission();
        Load load = admission.load();
        return new DatabaseStats(
                load.threads(),
                load.busy(),
                load.waiting(),
                openHandles.count(),
                pool.stats(),
                admission.overloaded(),
                admission.timedOut(),
                openHandles.longHeld());
    }

    Duration stopTimeout() {
        return dispatcher.settings().stopTimeout();
    }

    synchronized CompletionStage<Done> stop(Duration patience) {
        if (stopped == null) {
            stopped = stopped(patience);
        }
        return stopped;
    }

    private CompletionStage<Done> stopped(Duration patience) {
        CompletableFuture<Done> drained = gate.close();
        return drained.copy()
                .completeOnTimeout(Done.done(), patience.toNanos(), TimeUnit.NANOSECONDS)
                .thenApplyAsync(this::finish, system.dispatchers().lookup(Dispatchers.DefaultBlockingDispatcherId()));
    }

    private Done finish(Done done) {
        dispatcher.admission().withdraw(gate);
        if (gate.inside() > 0) {
            LOG.warn(
                    "database stopped while {} callbacks were running: {}.stop-timeout is over",
                    gate.inside(),
                    dispatcher.settings().section());
        }
        pool.close();
        openHandles.close();
        return done;
    }
}
