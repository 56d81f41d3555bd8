package org.pekkochannels.testkit;

import org.pekkochannels.concurrent.Origins;
import org.pekkochannels.concurrent.TaskCount;

/** A scheduler of an application under test: the one part of an actor system that its executors can reach when they are created. */
interface ActivityOwner extends TaskCount.Owner, Origins.Owner {
    /** The tasks of the actor system. */
    @Override
    Activity activity();

    @Override
    default MemberOrigins origins() {
        return activity().origins();
    }
}
