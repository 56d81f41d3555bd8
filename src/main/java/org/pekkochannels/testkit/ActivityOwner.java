package org.pekkochannels.testkit;

/** A scheduler of an application under test: the one part of an actor system that its executors can reach when they are created. */
interface ActivityOwner {
    /** The tasks of the actor system. */
    Activity activity();
}
