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
 * <p>A task on that executor completes it. {@code thenApplyAsync} without an executor uses it too, and so do all derived stages. With an
 * executor that runs tasks inside an actor's turn, continuations may access the actor's state without locks. Thread-safe, like its parent
 * class.
 *
 * <p>Inside a turn {@code join} and {@code get} fail with {@link IllegalStateException} until the future is complete. In the owner's own
 * turn they would wait for a later turn, forever; in any other turn they would block a shared thread.
 *
 * <p>If the owner is a {@link StageOwner}, it is notified of stages whose failure may go unseen, as {@link LooseStages} describes.
 *
 * @param <T> the result
 */
public class ConfinedFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final Executor owner;
    // Where a failure is passed. A derived stage: the failure passes to it. Any other object: the failure is unseen,
    // and the
    // object is what ran
    // when this stage was created. Null: the failure is seen. Not volatile: if another thread's write arrives late or
    // never, the worst
    // effect is a log line.
    private @Nullable Object next;

    /**
     * An incomplete future; it must be completed on {@code owner}.
     *
     * @param owner runs the continuations
     */
    public ConfinedFuture(Executor owner) {
        this.owner = owner;
        this.next = owner instanceof StageOwner tracking ? tracking.running() : null;
    }

    /**
     * A future that {@code source} completes through {@code owner}; a failure arrives unwrapped.
     *
     * <p>If {@code source} is already complete, so is the result; therefore call it on the owner. If the owner rejects the completion, the
     * future fails with the rejection.
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
     * A future that {@code source} completes through {@code owner} even if {@code source} is already complete; for callers outside the
     * owner. A failure arrives unwrapped. If the owner rejects the completion, the future fails with the rejection.
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
     * The original failure, without the exception in which stages wrap it. Later releases of Java than 17 also wrap what
     * {@link CompletableFuture#cancel} and subclasses of {@link CancellationException} have completed a stage with: {@code join()} throws
     * another one, with the original as its cause.
     *
     * @param failure any failure of a stage
     * @return its cause if it is one of these, otherwise the failure itself
     */
    public static Throwable unwrap(Throwable failure) {
        if (failure instanceof CompletionException) {
            return Causes.cause(failure).orElse(failure);
        }
        return failure.getClass() == CancellationException.class
                ? Causes.cause(failure)
                        .filter(CancellationException.class::isInstance)
                        .orElse(failure)
                : failure;
    }

    /** A minimal stage is a CompletableFuture too, but its isDone() throws; it counts as not done. */
    private static boolean isDone(CompletionStage<?> stage) {
        return stage instanceof ConfinedFuture<?> confined
                ? confined.isDone()
                : stage.getClass() == CompletableFuture.class && ((CompletableFuture<?>) stage).isDone();
    }

    private void finishOnOwner(T value, @Nullable Throwable failure) {
        try {
            owner.execute(() -> finish(value, failure));
        } catch (Throwable rejected) {
            // The owner has stopped or failed; code that waits for this stage must not wait forever.
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
     * Records that a failure of this stage passes to a derived stage. If there are several, none is followed.
     *
     * @param child the new stage
     */
    protected final void derived(ConfinedFuture<?> child) {
        if (isDone() && !isCompletedExceptionally()) {
            child.suspect(); // this stage is complete, so no later completion of it checks the child
        } else if (next == null || next instanceof ConfinedFuture) { // seen, or a further derived stage
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
            next = null; // a stage that the application keeps must not retain the stages derived from it
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

    /**
     * CompletableFuture wraps a failure for its dependents, which calls the failure's toString(). If that throws, no dependent completes.
     */
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

    /** Marks the failure as seen: other stages call this method to depend on this one. */
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

    /** The last stage derived from this one, if a failure of it would be unseen; otherwise null. */
    @Nullable
    ConfinedFuture<?> looseEnd() {
        ConfinedFuture<?> end = this;
        while (end.next instanceof ConfinedFuture<?> derived) {
            end = derived;
        }
        return end.next == null ? null : end;
    }

    /** Whether this stage or one derived from it has failed, or may still fail, unseen. */
    boolean isLoose() {
        ConfinedFuture<?> end = looseEnd();
        return end != null && (!end.isDone() || end.isCompletedExceptionally());
    }

    private void suspect() {
        if (isLoose()) {
            ((StageOwner) owner).suspect(this);
        }
    }

    /** Reports this stage to its owner again when it has completed. */
    @SuppressWarnings("FutureReturnValueIgnored") // It would only report that this stage has completed.
    void watch() {
        Object origin = next;
        super.whenComplete((value, failure) -> suspect());
        next = origin;
    }

    /** What ran when a loose stage was created. */
    Object origin() {
        return Objects.requireNonNull(next);
    }

    /** Returns the failure of a failed stage, and marks it as seen. */
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
     * Fails if the future is not complete and this thread must not wait for it.
     *
     * @param call the method that was called, such as {@code join()}
     * @throws IllegalStateException if the thread must not wait
     */
    protected void refuseToWait(String call) {
        TurnThread.current().ifPresent(turn -> {
            throw new IllegalStateException(turn.description() + " called " + call + " on a stage that is not"
                    + " complete; a turn must not wait, because the stage may complete in a later turn: continue with"
                    + " thenCompose(..), and return the stage");
        });
    }
}
