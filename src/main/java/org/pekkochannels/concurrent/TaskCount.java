package org.pekkochannels.concurrent;

import java.util.Optional;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Counts the tasks of threads that are not those of a Pekko dispatcher, such as event loops, for the test kit: an application has nothing
 * left to do when none waits or runs. Thread-safe.
 */
public interface TaskCount {
    /** A task is about to be submitted. */
    void begin();

    /** A task has ended, or was rejected. */
    void end();

    /** The part of an actor system that has a count: the scheduler of the test kit. */
    interface Owner {
        /** The count of the actor system. */
        TaskCount activity();
    }

    /**
     * The count of an actor system.
     *
     * @param system a typed or classic actor system
     * @return empty unless the system is that of an application under test
     */
    static Optional<TaskCount> of(ClassicActorSystemProvider system) {
        return system.classicSystem().scheduler() instanceof Owner owner
                ? Optional.of(owner.activity())
                : Optional.empty();
    }
}
