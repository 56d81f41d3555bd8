package org.pekkochannels.concurrent;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The owner of stages; it is told of those whose failure no other code has seen. */
public interface StageOwner extends Executor {
    /**
     * What runs now on this thread for the owner, and makes stages.
     *
     * @return its name is its {@code toString()}; null outside the owner's turns, whose stages are not looked after
     */
    @Nullable
    Object running();

    /**
     * Whether something is not over yet; inside the owner's turns.
     *
     * @param origin as {@link #running} gave it
     * @return whether it still runs, and so may still ask for the failure of what it made
     */
    boolean isRunning(Object origin);

    /**
     * A stage has failed, or may fail, and its failure is unseen so far; the owner looks again at the end of the turn.
     *
     * @param stage made in one of the owner's turns
     */
    void suspect(ConfinedFuture<?> stage);

    /**
     * A stage has failed, what made it is over, and its failure is unseen. Called once, in a turn.
     *
     * @param origin what ran when the stage was made, as {@link #running} gave it
     * @param failure the failure, unwrapped
     * @param logged whether it is to be logged; not beyond {@value LooseStages#MOST_LOGGED} in one turn
     * @return whether it is an error, and was counted; not where the end of the owner explains it
     */
    boolean lost(Object origin, Throwable failure, boolean logged);

    /**
     * More stages were lost in this turn than are logged; to be logged in one line.
     *
     * @param count how many were counted and not logged
     */
    void lostUnlogged(int count);
}
