package org.pekkochannels.concurrent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the stages of one owner whose failure went unseen. Used in the owner's turns only.
 *
 * <p>A stage is loose if no stage was derived from it, and it was neither observed with {@code whenComplete} nor passed on with
 * {@code toCompletableFuture}, which combining and waiting call. A loose stage that has failed is lost at the end of the turn in which it
 * failed, unless the code that created it is still running. A stage from which several others were derived is not followed.
 */
public final class LooseStages {
    // Enough for a diagnosis.
    static final int MOST_LOGGED = 100;
    // Failures in a loop must not fill the memory.
    private static final int MOST_KEPT = 1_000;

    private @Nullable ConfinedFuture<?> last;
    private @Nullable List<ConfinedFuture<?>> earlier;
    private int lost;

    /** Starts without stages. */
    public LooseStages() {}

    /**
     * Keeps a stage until the end of the turn. Most stages are seen by the time the next one is added, so no list is needed. If
     * {@value #MOST_KEPT} are kept, a further one is judged when the next one is added.
     *
     * @param owner is notified of lost stages
     * @param stage the stage
     */
    public void add(StageOwner owner, ConfinedFuture<?> stage) {
        ConfinedFuture<?> before = last;
        last = stage;
        if (before != null && before.isLoose()) {
            keep(owner, before);
        }
    }

    /**
     * Judges all kept stages, at the end of a turn.
     *
     * @param owner is notified of lost stages
     */
    public void judge(StageOwner owner) {
        ConfinedFuture<?> newest = last;
        List<ConfinedFuture<?>> others = earlier;
        last = null;
        earlier = null;
        if (others != null) {
            others.forEach(stage -> judge(owner, stage));
        }
        if (newest != null) {
            judge(owner, newest);
        }
        if (lost > MOST_LOGGED) {
            owner.lostUnlogged(lost - MOST_LOGGED);
        }
        lost = 0;
    }

    private void judge(StageOwner owner, ConfinedFuture<?> stage) {
        ConfinedFuture<?> end = stage.looseEnd();
        if (end == null) {
            return;
        }
        if (!end.isDone()) {
            end.watch();
        } else if (end.isCompletedExceptionally()) {
            judgeFailed(owner, end);
        }
    }

    private void judgeFailed(StageOwner owner, ConfinedFuture<?> failed) {
        Object origin = failed.origin();
        if (owner.isRunning(origin)) {
            add(owner, failed);
        } else {
            lose(owner, failed);
        }
    }

    private void lose(StageOwner owner, ConfinedFuture<?> failed) {
        if (owner.lost(failed.origin(), failed.takeFailure(), lost < MOST_LOGGED)) {
            lost++;
        }
    }

    private void keep(StageOwner owner, ConfinedFuture<?> stage) {
        if (earlier == null) {
            earlier = new ArrayList<>();
        }
        if (earlier.size() < MOST_KEPT) {
            earlier.add(stage);
        } else {
            judgeEarly(owner, stage);
        }
    }

    private void judgeEarly(StageOwner owner, ConfinedFuture<?> stage) {
        ConfinedFuture<?> end = stage.looseEnd();
        if (end == null) {
            return;
        }
        if (end.isDone()) {
            lose(owner, end);
        } else {
            end.watch();
        }
    }
}
