package org.pekkochannels.database;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.pekko.actor.ActorSystem;
import org.pekkochannels.concurrent.Watchdog;

/**
 * One timer that finds long-held handles in all databases of a dispatcher. Thread-safe.
 *
 * <p>It references the databases weakly, because an application may create many with {@link Database#of} and never stop them.
 */
final class HandleWatch {
    private final Set<OpenHandles> watched =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Checks until the actor system terminates; never if {@code handle-warning} is off. */
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
