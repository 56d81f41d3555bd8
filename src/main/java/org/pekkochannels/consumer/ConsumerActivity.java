package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.annotation.InternalApi;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Scope;

/**
 * What the consumers of one actor system wait for and fail with, for the test kit.
 *
 * <p>Not API: public only because packages differ, and may change without notice. Thread-safe.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class ConsumerActivity {
    private static final SafeLog LOG = SafeLog.of(ConsumerActivity.class);

    private final ConsumerWatch watch;
    private volatile BiConsumer<Scope, Throwable> failures = (scope, failure) -> {};

    ConsumerActivity(ConsumerWatch watch) {
        this.watch = watch;
    }

    /**
     * The consumers of an actor system.
     *
     * @param system the system
     * @return always the same
     */
    public static ConsumerActivity of(ActorSystem<?> system) {
        return ConsumerRuntime.get(system).activity();
    }

    /**
     * Whether the stage of any callback is awaited.
     *
     * @return whether {@link #waiting} is not empty
     */
    public boolean isWaiting() {
        return watch.isWaiting();
    }

    /**
     * The callbacks whose stage is awaited.
     *
     * @return a text for each, with class, callback and path
     */
    public List<String> waiting() {
        return watch.waiting();
    }

    /**
     * Reports failures of callbacks that their consumers have not handled.
     *
     * @param observer receives the connection's scope and the failure, on the consumer's turn; replaces an earlier one
     */
    public void onFailure(BiConsumer<Scope, Throwable> observer) {
        failures = requireNonNull(observer, "the observer of failures must not be null");
    }

    /** A callback has failed, and its consumer has not handled that. */
    void failed(Scope scope, Throwable failure) {
        try {
            failures.accept(scope, failure);
        } catch (Throwable broken) { // of a test
            LOG.warn("the observer of failures failed", broken);
        }
    }
}
