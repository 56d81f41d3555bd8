package org.pekkochannels.database;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.DispatcherConfigurator;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.pekkochannels.concurrent.Printable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.DatabaseSection;
import org.pekkochannels.metrics.instrument.Meters;

/**
 * The threads of one section of the configuration, with the admission in front of them: never more threads than configured, however many
 * databases use them. Thread-safe.
 */
final class DatabaseDispatcher {
    private static final SafeLog LOG = SafeLog.of(DatabaseDispatcher.class);
    private static final int MOST_WORDS = 500;

    private final DispatcherSettings settings;
    private final Admission admission;
    private final DatabaseMeters meters;
    private final HandleWatch handleWatch;
    private final DeadlineWatch deadlineWatch;

    private DatabaseDispatcher(
            ActorSystem system, DispatcherSettings settings, Admission admission, DatabaseMeters meters) {
        this.settings = settings;
        this.admission = admission;
        this.meters = meters;
        this.handleWatch = new HandleWatch(system, settings);
        this.deadlineWatch = new DeadlineWatch(system);
        meters.watch(settings, admission);
    }

    /** Starts it, once per section of an actor system. */
    static DatabaseDispatcher start(ActorSystem system, DatabaseSection section) {
        // Before the look-up, in which Pekko would wrap the failure in two further exceptions.
        DispatcherSettings settings = DispatcherSettings.of(section);
        if (!section.isDefault()) {
            register(system, section);
        }
        LOG.info(
                "{}: {} threads, max-waiting {}, max-wait {} ms",
                section.dispatcherId(),
                settings.threads(),
                settings.maxWaiting(),
                settings.maxWait().toMillis());
        return new DatabaseDispatcher(
                system,
                settings,
                new Admission(settings, lookup(system, section.dispatcherId()), system),
                new DatabaseMeters(Meters.of(system), section.label()));
    }

    /** Pekko's failures do not contain the path of the section. */
    private static MessageDispatcher lookup(ActorSystem system, String id) {
        try {
            return system.dispatchers().lookup(id);
        } catch (RuntimeException failure) {
            String words = Printable.line(String.valueOf(failure.getMessage()), MOST_WORDS);
            throw new ConfigException.BadValue(
                    id,
                    "Pekko cannot create this dispatcher; leave its executor, type and throughput out: " + words,
                    failure);
        }
    }

    DispatcherSettings settings() {
        return settings;
    }

    Admission admission() {
        return admission;
    }

    DatabaseMeters meters() {
        return meters;
    }

    HandleWatch handleWatch() {
        return handleWatch;
    }

    DeadlineWatch deadlineWatch() {
        return deadlineWatch;
    }

    // Pekko finds dispatchers by their path in the configuration, which does not contain keys that a section inherits.
    private static void register(ActorSystem system, DatabaseSection section) {
        Config pekkos = system.settings().config().getConfig(Dispatchers.DefaultDispatcherId());
        system.dispatchers()
                .registerConfigurator(
                        section.dispatcherId(),
                        new DispatcherConfigurator(
                                section.dispatcher().withFallback(pekkos),
                                system.dispatchers().prerequisites()));
    }
}
