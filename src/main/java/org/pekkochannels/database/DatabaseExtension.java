package org.pekkochannels.database;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the actor system's own database, once, and sees to it that it is stopped last. Thread-safe. */
final class DatabaseExtension extends AbstractExtensionId<Database> {
    static final DatabaseExtension ID = new DatabaseExtension();

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseExtension.class);

    private DatabaseExtension() {}

    @Override
    public Database createExtension(ExtendedActorSystem system) {
        DispatcherSettings dispatcher = DatabaseDispatcher.of(system).settings();
        DatabaseSettings settings = DatabaseSettings.of(system.settings().config());
        ConnectionPool pool = ConnectionPool.open(
                settings, dispatcher.threads(), system.dynamicAccess().classLoader());
        Database database = Database.over(system, pool);
        stopWith(CoordinatedShutdown.get(system), database, dispatcher.stopTimeout());
        LOG.info("database: {}", settings.url());
        return database;
    }

    private static void stopWith(CoordinatedShutdown shutdown, Database database, Duration stopTimeout) {
        String phase = CoordinatedShutdown.PhaseBeforeActorSystemTerminate();
        long phaseMillis = shutdown.timeout(phase).toMillis();
        if (stopTimeout.toMillis() >= phaseMillis) {
            LOG.warn(
                    "channels.database.stop-timeout is {} ms, but coordinated shutdown waits only {} ms for it; raise"
                            + " pekko.coordinated-shutdown.phases.{}.timeout",
                    stopTimeout.toMillis(),
                    phaseMillis,
                    phase);
        }
        // A variable, because addTask is overloaded for Scala's functions.
        Supplier<CompletionStage<Done>> stop = database::stop;
        shutdown.addTask(phase, "stop-database", stop);
    }
}
