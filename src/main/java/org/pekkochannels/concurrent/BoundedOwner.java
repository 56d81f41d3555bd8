package org.pekkochannels.concurrent;

import java.util.concurrent.Executor;

/** The owner of stages that bounds how many calls from other threads are pending. */
public interface BoundedOwner extends Executor {
    /**
     * Reserves a place for one call if the calling thread needs one. The owner releases the place when it runs or rejects the executor's
     * first task, which delivers the result of the call.
     *
     * @return the executor for the call's result; the owner itself if the call needs no place. It fails like {@link #execute}
     * @throws RuntimeException if all places are taken; the message contains the bound
     */
    Executor place();

    /**
     * Like {@link #execute}, for a caller whose stack is known to have room ({@link StackRoom}): a thread that runs no code of the
     * application, or has checked before.
     *
     * @param task runs in a later turn
     */
    void executeWithRoom(Runnable task);
}
