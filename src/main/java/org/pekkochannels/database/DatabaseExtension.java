package org.pekkochannels.database;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jdbi.v3.core.Jdbi;
import org.pekkochannels.concurrent.LogContext;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.ConnectionBudget;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.database.jdbc.SqliteTransactions;
import org.pekkochannels.database.jdbc.Vendor;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.tracing.span.CallTracer;
import org.pekkochannels.tracing.span.Tracing;

/** The configured databases of an actor system: opens each on its first use, and ensures that they stop last. Thread-safe. */
final class DatabaseExtension implements Extension {
    private static final SafeLog LOG = SafeLog.of(DatabaseExtension.class);

    private final ExtendedActorSystem system;
    private final Config root;
    private final Map<String, DatabaseDispatcher> dispatchers = new ConcurrentHashMap<>();
    private final Map<String, Database> opened = new ConcurrentHashMap<>();

    private DatabaseExtension(ExtendedActorSystem system) {
        this.system = system;
        this.root = system.settings().config();
        Meters meters = Meters.of(system);
        meters.counter(Meters.observerFailures("tracing"), Tracing.of(system)::failures);
        // The logging context belongs to the JVM, not to the actor system.
        meters.counter(Meters.observerFailures("logging"), LogContext::failures);
    }

    static DatabaseExtension of(ActorSystem system) {
        return Id.INSTANCE.get(system);
    }

    Database byDefault() {
        // Not the name of a section, because those are below another path.
        Database present = opened.get("");
        return present == null ? opened.computeIfAbsent("", key -> open(DatabaseSection.ofDefault(root))) : present;
    }

    Database named(String name) {
        Database present = opened.get(key(name));
        return present == null
                ? opened.computeIfAbsent(key(name), key -> open(DatabaseSection.named(root, name)))
                : present;
    }

    void openAll() {
        byDefault();
        DatabaseSection.names(root).forEach(this::named);
    }

    int connections() {
        return opened.values().stream()
                .mapToInt(database -> database.stats().threads())
                .sum();
    }

    DatabaseDispatcher defaultDispatcher() {
        return dispatcher(DatabaseSection.ofDefault(root));
    }

    private static String key(String name) {
        return "." + name;
    }

    private DatabaseDispatcher dispatcher(DatabaseSection section) {
        return dispatchers.computeIfAbsent(section.path(), path -> DatabaseDispatcher.start(system, section));
    }

    private Database open(DatabaseSection section) {
        DatabaseDispatcher dispatcher = dispatcher(section);
        DatabaseSettings settings = DatabaseSettings.of(section);
        ConnectionPool pool = ConnectionPool.open(
                settings,
                dispatcher.settings(),
                ConnectionBudget.ofLayer(root, section),
                system.dynamicAccess().classLoader());
        CallTracer tracer = CallTarget.of(section.label(), settings.url()).tracer(Tracing.of(system));
        Database database =
                over(system, new DatabaseCore(system, dispatcher, jdbi(settings, pool), pool, tracer).measured());
        stopWith(CoordinatedShutdown.get(system), database, dispatcher.settings());
        LOG.info("{}: {}", section.path(), settings.url());
        return database;
    }

    private static Jdbi jdbi(DatabaseSettings settings, ConnectionPool pool) {
        Jdbi jdbi = DatabaseCore.jdbi(pool.connections(settings));
        if (Vendor.of(settings.url()) == Vendor.SQLITE) {
            jdbi.setTransactionHandler(new SqliteTransactions(jdbi.getTransactionHandler()));
        }
        return jdbi;
    }

    /** A database of the application, on the default's threads. */
    static Database over(ClassicActorSystemProvider system, Jdbi jdbi, ConnectionPool pool) {
        ActorSystem classic = system.classicSystem();
        CallTracer tracer = CallTarget.UNKNOWN.tracer(Tracing.of(classic));
        return over(classic, new DatabaseCore(classic, of(classic).defaultDispatcher(), jdbi, pool, tracer));
    }

    private static Database over(ActorSystem system, DatabaseCore core) {
        return new Database(core, CallOptions.of(system.dispatcher()));
    }

    private static void stopWith(CoordinatedShutdown shutdown, Database database, DispatcherSettings settings) {
        String phase = CoordinatedShutdown.PhaseBeforeActorSystemTerminate();
        Duration stopTimeout = settings.stopTimeout();
        long phaseMillis = shutdown.timeout(phase).toMillis();
        if (stopTimeout.toMillis() >= phaseMillis) {
            LOG.warn(
                    "{}.stop-timeout is {} ms, but coordinated shutdown waits only {} ms for it; raise"
                            + " pekko.coordinated-shutdown.phases.{}.timeout",
                    settings.section(),
                    stopTimeout.toMillis(),
                    phaseMillis,
                    phase);
        }
        // A typed variable, because addTask is overloaded for Scala's functions.
        Supplier<CompletionStage<Done>> stop = database::stop;
        shutdown.addTask(phase, "stop-" + settings.section(), stop);
    }

    private static final class Id extends AbstractExtensionId<DatabaseExtension> {
        static final Id INSTANCE = new Id();

        @Override
        public DatabaseExtension createExtension(ExtendedActorSystem system) {
            return new DatabaseExtension(system);
        }
    }
}
