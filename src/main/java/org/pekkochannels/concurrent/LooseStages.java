package org.pekkochannels.concurrent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stages of one owner that may have failed unseen; used in its turns only.
 *
 * <p>A stage is loose if no other stage was derived from it, and it was neither observed with {@code whenComplete} nor handed
 * over with {@code toCompletableFuture}, which combining and waiting need. A loose stage that has failed is lost at the end of
 * the turn in which it failed, but not while that which made it still runs. A stage from which several were derived is not
 * followed.
 */
public final class LooseStages {
    // A diagnosis needs no more in one turn.
    static final int MOST_LOGGED = 100;
    // What fails in a loop must not fill the memory.
    private static final int MOST_KEPT = 1_000;

    private @Nullable ConfinedFuture<?> last;
    private @Nullable List<ConfinedFuture<?>> earlier;
    private int lost;

    /** None. */
    public LooseStages() {}

    /**
     * Keeps a stage until it is judged. Most that come are seen by the time the next one comes, so no list is needed. When
     * {@value #MOST_KEPT} are kept, a further one is judged when the next one comes.
     *
     * @param owner is told of what is lost
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
     * Judges all that have come, at the end of a turn.
     *
     * @param owner is told what is lost
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
