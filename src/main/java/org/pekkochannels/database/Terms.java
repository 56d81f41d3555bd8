package org.pekkochannels.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.BoundedOwner;

/**
 * On what terms one view of a database runs its calls; immutable.
 *
 * @param owner completes the stages
 * @param cleanup whether no bound of waiting holds
 * @param budget how long each call may take, if that is bounded
 * @param deadline when all of them must be over, if they must
 * @param ends what cancels them, whichever comes first
 */
record Terms(
        Executor owner,
        boolean cleanup,
        @Nullable Duration budget,
        @Nullable Deadline deadline,
        List<CompletableFuture<?>> ends) {

    static Terms of(Executor owner) {
        return new Terms(owner, false, null, null, List.of());
    }

    Terms on(Executor executor) {
        return new Terms(executor, cleanup, budget, deadline, ends);
    }

    /** The same, with a place for one call if the owner bounds them; throws what the owner does if there is none. */
    Terms placed() {
        Executor place = owner instanceof BoundedOwner bounded ? bounded.place() : owner;
        return place == owner ? this : on(place);
    }

    /** Hands a result to the owner: from a database thread, or from a caller that has required room on its stack. */
    void deliver(Runnable result) {
        if (owner instanceof BoundedOwner bounded) {
            bounded.executeWithRoom(result);
        } else {
            owner.execute(result);
        }
    }

    Terms forCleanup() {
        return new Terms(owner, true, budget, deadline, ends);
    }

    Terms within(Duration time) {
        return new Terms(owner, cleanup, Deadline.checked(time, "within"), deadline, ends);
    }

    Terms within(Deadline other) {
        return new Terms(owner, cleanup, budget, Deadline.earlier(deadline, other), ends);
    }

    Terms cancelledBy(CompletableFuture<?> end) {
        List<CompletableFuture<?>> all = new ArrayList<>(ends);
        all.add(end);
        return new Terms(owner, cleanup, budget, deadline, List.copyOf(all));
    }

    /** Whether the statements of a call need no more looking after than JDBI's own. */
    boolean isPlain() {
        return budget == null && deadline == null && ends.isEmpty();
    }

    /** Whether what cancels has come. */
    boolean isEnded() {
        return ends.stream().anyMatch(CompletableFuture::isDone);
    }

    /** Runs a task as soon as a call is of no use: one of the ends has come, or its caller has completed its result. */
    void whenEnded(CompletableFuture<?> result, Runnable task) {
        firstOf(result).whenComplete((any, failure) -> task.run());
    }

    // anyOf leaves nothing behind on an end that outlives many calls; whenComplete would.
    private CompletionStage<?> firstOf(CompletableFuture<?> result) {
        return CompletableFuture.anyOf(
                Stream.concat(Stream.of(result), ends.stream()).toArray(CompletableFuture<?>[]::new));
    }

    /** When a call that begins now must be over, if it must. */
    @Nullable
    Deadline callDeadline() {
        return budget == null ? deadline : Deadline.earlier(deadline, Deadline.after(budget, "within"));
    }
}
