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
 * The options with which one view of a database runs its calls. Immutable.
 *
 * @param owner completes the stages
 * @param cleanup whether calls are exempt from the bounds of waiting
 * @param budget how long each call may take, if limited
 * @param deadline the common deadline of all calls, if any
 * @param ends the events that cancel them; the first one counts
 */
record CallOptions(
        Executor owner,
        boolean cleanup,
        @Nullable Duration budget,
        @Nullable Deadline deadline,
        List<CompletableFuture<?>> ends) {

    static CallOptions of(Executor owner) {
        return new CallOptions(owner, false, null, null, List.of());
    }

    CallOptions on(Executor executor) {
        return new CallOptions(executor, cleanup, budget, deadline, ends);
    }

    /** The same options, with a place reserved for one call if the owner bounds them; throws what the owner throws if none is free. */
    CallOptions placed() {
        Executor place = owner instanceof BoundedOwner bounded ? bounded.place() : owner;
        return place == owner ? this : on(place);
    }

    /** Delivers a result to the owner: from a database thread, or from a caller that has checked its stack for room. */
    void deliver(Runnable result) {
        if (owner instanceof BoundedOwner bounded) {
            bounded.executeWithRoom(result);
        } else {
            owner.execute(result);
        }
    }

    CallOptions forCleanup() {
        return new CallOptions(owner, true, budget, deadline, ends);
    }

    CallOptions within(Duration time) {
        return new CallOptions(owner, cleanup, Deadline.checked(time, "within"), deadline, ends);
    }

    CallOptions within(Deadline other) {
        return new CallOptions(owner, cleanup, budget, Deadline.earlier(deadline, other), ends);
    }

    CallOptions cancelledBy(CompletableFuture<?> end) {
        List<CompletableFuture<?>> all = new ArrayList<>(ends);
        all.add(end);
        return new CallOptions(owner, cleanup, budget, deadline, List.copyOf(all));
    }

    /** Whether the statements of a call need no supervision beyond JDBI's own. */
    boolean isPlain() {
        return budget == null && deadline == null && ends.isEmpty();
    }

    /** Whether a cancelling event has occurred. */
    boolean isEnded() {
        return ends.stream().anyMatch(CompletableFuture::isDone);
    }

    /** Runs a task as soon as a call is useless: a cancelling event has occurred, or its caller has completed its result. */
    void whenEnded(CompletableFuture<?> result, Runnable task) {
        firstOf(result).whenComplete((any, failure) -> task.run());
    }

    // anyOf leaves nothing on an event that outlives many calls; whenComplete would.
    private CompletionStage<?> firstOf(CompletableFuture<?> result) {
        return CompletableFuture.anyOf(
                Stream.concat(Stream.of(result), ends.stream()).toArray(CompletableFuture<?>[]::new));
    }

    /** The deadline of a call that begins now, if any. */
    @Nullable
    Deadline callDeadline() {
        return budget == null ? deadline : Deadline.earlier(deadline, Deadline.after(budget, "within"));
    }
}
