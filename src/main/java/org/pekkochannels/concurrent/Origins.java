package org.pekkochannels.concurrent;

import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Notes which code has begun something that it must end, such as a membership, for the test kit: it names the place in the failure of a test
 * that leaves something behind. Thread-safe.
 */
@FunctionalInterface
public interface Origins {
    /** Notes nothing, as in all applications that are not under test. */
    Origins NONE = (kind, group, name) -> {};

    /**
     * The caller's caller has begun something.
     *
     * @param kind for example {@code member}
     * @param group the group's name
     * @param name the name of the channel, or the key
     */
    void begun(String kind, String group, String name);

    /** The part of an actor system that notes it: the scheduler of the test kit. */
    interface Owner {
        /** The notes of the actor system. */
        Origins origins();
    }

    /**
     * The notes of an actor system.
     *
     * @param system a typed or classic actor system
     * @return {@link #NONE} unless the system is that of an application under test
     */
    static Origins of(ClassicActorSystemProvider system) {
        return system.classicSystem().scheduler() instanceof Owner owner ? owner.origins() : NONE;
    }
}
