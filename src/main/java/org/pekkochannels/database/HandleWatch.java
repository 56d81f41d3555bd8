package org.pekkochannels.database;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.pekko.actor.ActorSystem;
import org.pekkochannels.concurrent.Watchdog;

/**
 * One timer that looks for long-held handles in all databases of a dispatcher. Thread-safe.
 *
 * <p>It holds the databases weakly: an application may make one for each connection with {@link Database#of}, and never stop it.
 */
final class HandleWatch {
    private final Set<OpenHandles> watched =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Looks until the actor system ends; never, where {@code handle-warning} is off. */
    HandleWatch(ActorSystem system, DispatcherSettings settings) {
        settings.handleWarning().ifPresent(bound -> Watchdog.every(system, bound, this::look));
    }

    void add(OpenHandles handles) {
        watched.add(handles);
    }

    void remove(OpenHandles handles) {
        watched.remove(handles);
    }

    private void look() {
        copy().forEach(OpenHandles::look);
    }

    private List<OpenHandles> copy() {
        synchronized (watched) {
            return List.copyOf(watched);
        }
    }
}
