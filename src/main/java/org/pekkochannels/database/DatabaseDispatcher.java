package org.pekkochannels.database;

import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database threads of one actor system, with the admission in front of them. All databases of the system share it,
 * so that there is never one thread more than configured. Thread-safe.
 */
final class DatabaseDispatcher implements Extension {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseDispatcher.class);
    private static final String ID = DispatcherSettings.SECTION + ".dispatcher";

    private final DispatcherSettings settings;
    private final Admission admission;

    private DatabaseDispatcher(ActorSystem system) {
        // Before the look-up, in which Pekko would bury the failure under two of its own.
        settings = DispatcherSettings.of(system.settings().config());
        admission = new Admission(settings, system.dispatchers().lookup(ID), system);
        LOG.info(
                "database dispatcher: threads = {}, max-waiting = {}, max-wait = {} ms",
                settings.threads(),
                settings.maxWaiting(),
                settings.maxWait().toMillis());
    }

    static DatabaseDispatcher of(ActorSystem system) {
        return Id.INSTANCE.get(system);
    }

    DispatcherSettings settings() {
        return settings;
    }

    Admission admission() {
        return admission;
    }

    private static final class Id extends AbstractExtensionId<DatabaseDispatcher> {
        static final Id INSTANCE = new Id();

        @Override
        public DatabaseDispatcher createExtension(ExtendedActorSystem system) {
            return new DatabaseDispatcher(system);
        }
    }
}
