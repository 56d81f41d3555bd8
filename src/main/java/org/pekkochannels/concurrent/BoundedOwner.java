package org.pekkochannels.concurrent;

import java.util.concurrent.Executor;

/** The owner of stages that bounds how many calls from other threads are pending. */
public interface BoundedOwner extends Executor {
    /**
     * Takes a place for one call, where the calling thread needs one. The place is free again when the owner runs the first task
     * of the executor, or rejects it: the result of the call.
     *
     * @return where the call's result goes; the owner itself if the call needs no place. It throws what {@link #execute} does
     * @throws RuntimeException if all places are taken; it names the bound
     */
    Executor place();

    /**
     * Does what {@link #execute} does, for a caller whose stack is known to have room ({@link StackRoom}): a thread that runs
     * none of the application's code, or has required room before.
     *
     * @param task runs in a later turn
     */
    void executeWithRoom(Runnable task);
}
