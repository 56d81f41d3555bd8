package org.pekkochannels.concurrent;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A future whose continuations run on its owner's executor.
 *
 * <p>It is completed by a task on that executor, and {@code thenApplyAsync} without an executor uses it too, as do all
 * stages derived from it. With an executor that runs tasks inside an actor's turn, continuations may touch the actor's
 * state without locks. Thread-safe, as its parent is.
 *
 * <p>Inside a turn {@code join} and {@code get} fail with {@link IllegalStateException} until it is complete: the owner's own
 * turn would wait for one that comes after it, for ever, and any other would keep its thread from everybody else's.
 *
 * <p>If the owner is a {@link StageOwner}, it learns of stages that may fail unseen, as {@link LooseStages} describes.
 *
 * @param <T> the result
 */
public class ConfinedFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final Executor owner;
    // Where a failure goes: to the stage derived from this one, or unseen, and then it is what ran when this one was
    // made.
    // Null says that it is seen. Plain: what other threads write here in time, or not, costs a line in the log at most.
    private @Nullable Object next;

    /**
     * An incomplete future; whoever completes it must do so on {@code owner}.
     *
     * @param owner runs the continuations
     */
    public ConfinedFuture(Executor owner) {
        this.owner = owner;
        this.next = owner instanceof StageOwner tracking ? tracking.running() : null;
    }

    /**
     * A future that {@code source} completes by way of {@code owner}; a failure arrives unwrapped.
     *
     * <p>If {@code source} is complete already, so is the result: call it from the owner. An owner that rejects the
     * completion fails it.
     *
     * @param source any stage
     * @param owner runs the continuations
     * @param <T> the result
     * @return the confined future
     */
    public static <T extends @Nullable Object> ConfinedFuture<T> of(CompletionStage<T> source, Executor owner) {
        if (!isDone(source)) {
            return later(source, owner);
        }
        ConfinedFuture<T> confined = new ConfinedFuture<>(owner);
        source.whenComplete(confined::finish);
        return confined;
    }

    /**
     * A future that {@code source} completes by way of {@code owner} even if {@code source} is complete already; for callers
     * that are not the owner. A failure arrives unwrapped, and an owner that rejects the completion fails it.
     *
     * @param source any stage
     * @param owner runs the continuations
     * @param <T> the result
     * @return the confined future
     */
    public static <T extends @Nullable Object> ConfinedFuture<T> later(CompletionStage<T> source, Executor owner) {
        ConfinedFuture<T> confined = new ConfinedFuture<>(owner);
        source.whenComplete((value, failure) -> confined.finishOnOwner(value, failure));
        return confined;
    }

    /**
     * What a failure was before stages wrapped it.
     *
     * @param failure any failure of a stage
     * @return its cause where it is a {@link CompletionException} with one, else itself
     */
    public static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException ? Causes.cause(failure).orElse(failure) : failure;
    }

    /** Asks only those that answer: a minimal stage is a CompletableFuture too, and its isDone() throws. */
    private static boolean isDone(CompletionStage<?> stage) {
        return stage instanceof ConfinedFuture<?> confined
                ? confined.isDone()
                : stage.getClass() == CompletableFuture.class && ((CompletableFuture<?>) stage).isDone();
    }

    private void finishOnOwner(T value, @Nullable Throwable failure) {
        try {
            owner.execute(() -> finish(value, failure));
        } catch (Throwable rejected) {
            // The owner has gone, or failed: what waits for the stage must not wait for ever.
            completeExceptionally(rejected);
        }
    }

    private void finish(T value, @Nullable Throwable failure) {
        if (failure == null) {
            complete(value);
        } else {
            completeExceptionally(unwrap(failure));
        }
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        ConfinedFuture<U> child = new ConfinedFuture<>(owner);
        derived(child);
        return child;
    }

    /**
     * Notes that a failure of this stage is passed on to another one. Of several, none is followed.
     *
     * @param child the new stage
     */
    protected final void derived(ConfinedFuture<?> child) {
        if (isDone() && !isCompletedExceptionally()) {
            child.suspect(); // no completion of this stage follows that would look at it
        } else if (next == null || next instanceof ConfinedFuture) { // seen, or not the first
            next = null;
            child.next = null;
        } else {
            next = child;
        }
    }

    @Override
    public boolean complete(T value) {
        ConfinedFuture<?> end = looseEnd();
        boolean completed = super.complete(value);
        if (completed) {
            next = null; // nor may a stage that is kept keep all that came after it
        }
        if (end != null && end != this) {
            end.suspect();
        }
        return completed;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        ConfinedFuture<?> end = looseEnd();
        boolean completed = super.completeExceptionally(wrapped(failure));
        if (end != null) {
            end.suspect();
        }
        return completed;
    }

    /** A future wraps failures for its dependents, and calls their toString(); where that throws, none of them completes. */
    private static Throwable wrapped(Throwable failure) {
        return failure instanceof CompletionException || Causes.hasText(failure)
                ? failure
                : new CompletionException(failure.getClass().getName() + ", which cannot be printed", failure);
    }

    @Override
    public final CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        return seenBy(super.whenComplete(action));
    }

    @Override
    public final CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
        return seenBy(super.whenCompleteAsync(action));
    }

    @Override
    public final CompletableFuture<T> whenCompleteAsync(
            BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        return seenBy(super.whenCompleteAsync(action, executor));
    }

    /** Also what other stages call that depend on this one. */
    @Override
    public final CompletableFuture<T> toCompletableFuture() {
        next = null;
        return this;
    }

    private CompletableFuture<T> seenBy(CompletableFuture<T> observer) {
        next = null;
        ((ConfinedFuture<?>) observer).next = null;
        return observer;
    }

    /** The last stage derived from this one, if its failure would be unseen. */
    @Nullable
    ConfinedFuture<?> looseEnd() {
        ConfinedFuture<?> end = this;
        while (end.next instanceof ConfinedFuture<?> derived) {
            end = derived;
        }
        return end.next == null ? null : end;
    }

    /** Whether it, or what was derived from it, has failed or may still fail, unseen. */
    boolean isLoose() {
        ConfinedFuture<?> end = looseEnd();
        return end != null && (!end.isDone() || end.isCompletedExceptionally());
    }

    private void suspect() {
        if (isLoose()) {
            ((StageOwner) owner).suspect(this);
        }
    }

    /** Has the owner look at this stage again when it has completed. */
    @SuppressWarnings("FutureReturnValueIgnored") // It would only say that this stage has completed.
    void watch() {
        Object origin = next;
        super.whenComplete((value, failure) -> suspect());
        next = origin;
    }

    /** What ran when a loose stage was made. */
    Object origin() {
        return Objects.requireNonNull(next);
    }

    /** The failure of a stage that has failed, which is seen then. */
    Throwable takeFailure() {
        next = null;
        try {
            throw new IllegalStateException("has not failed, but has the result " + super.join());
        } catch (CompletionException | CancellationException e) {
            return unwrap(e);
        }
    }

    @Override
    public Executor defaultExecutor() {
        return owner;
    }

    @Override
    public final T join() {
        beforeWaiting("join()");
        return super.join();
    }

    @Override
    public final T get() throws InterruptedException, ExecutionException {
        beforeWaiting("get()");
        return super.get();
    }

    @Override
    public final T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        beforeWaiting("get(..)");
        return super.get(timeout, unit);
    }

    private void beforeWaiting(String call) {
        if (!isDone()) {
            refuseToWait(call);
        }
    }

    /**
     * Fails where this thread must not wait for the future, which is not complete.
     *
     * @param call what was called, such as {@code join()}
     * @throws IllegalStateException if it must not
     */
    protected void refuseToWait(String call) {
        TurnThread.current().ifPresent(turn -> {
            throw new IllegalStateException(turn.description() + " called " + call + " on a stage that is not"
                    + " complete; inside a turn nothing may wait, as what completes the stage may be a later turn:"
                    + " go on with thenCompose(..), and return the stage");
        });
    }
}
