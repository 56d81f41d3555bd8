package org.pekkochannels.concurrent;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An owner of stages that is notified of stages whose failure no code has seen. */
public interface StageOwner extends Executor {
    /**
     * What currently runs for the owner on this thread and creates stages.
     *
     * @return an object whose {@code toString()} is its name; null outside the owner's turns, where stages are not tracked
     */
    @Nullable
    Object running();

    /**
     * Whether the code that created a stage is still running. Called in the owner's turns.
     *
     * @param origin the result of {@link #running}
     * @return whether it is still running, and so may still handle the failure of a stage that it created
     */
    boolean isRunning(Object origin);

    /**
     * A stage has failed or may fail, and its failure is unseen so far. The owner checks it again at the end of the turn.
     *
     * @param stage created in one of the owner's turns
     */
    void suspect(ConfinedFuture<?> stage);

    /**
     * A stage has failed, the code that created it has ended, and the failure is unseen. Called once, in a turn.
     *
     * @param origin what ran when the stage was created, as {@link #running} returned it
     * @param failure the failure, unwrapped
     * @param logged whether to log it; false after {@value LooseStages#MOST_LOGGED} in one turn
     * @return whether it is an error and was counted; false if the end of the owner explains it
     */
    boolean lost(Object origin, Throwable failure, boolean logged);

    /**
     * More stages were lost in this turn than are logged one by one; to be logged in one line.
     *
     * @param count the number that was counted and not logged
     */
    void lostUnlogged(int count);
}
