package org.pekkochannels.consumer;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.consumer.Consumer.Failure;

/**
 * The failure of one callback, until its consumer's {@code failed(..)} is over and the connection was answered. Confined to the consumer's
 * turns.
 *
 * <p>The failure is logged at the end only: a handled one is none for the operator.
 */
final class FailureHandling {
    /** The name of the callback that handles failures. */
    static final String CALLBACK = "failed(Failure)";

    private static final OptionalCallback OVERRIDE = new OptionalCallback("failed", Failure.class);

    private final Failure failure;
    private final Outlet outlet;
    private final boolean wasAccepted;
    private final boolean wasEnded;
    private boolean started;
    private boolean kept;
    private @Nullable Throwable second;

    FailureHandling(Failure failure, Outlet outlet) {
        this.failure = failure;
        this.outlet = outlet;
        this.wasAccepted = outlet.isAccepted();
        this.wasEnded = outlet.ended() != null;
    }

    /** Whether a class of consumers overrides {@code failed(..)}. If not, a failure needs no callback, nor a database thread. */
    static boolean isOverriddenBy(Class<?> type) {
        return OVERRIDE.isOverriddenBy(type);
    }

    /** Starts {@code failed(..)} at the first call. Returns false when it is over. */
    boolean start(Consumer consumer, Callbacks callbacks) {
        if (started) {
            return false;
        }
        started = true;
        callbacks.start(CALLBACK, () -> consumer.begin().handleFailure(failure));
        return true;
    }

    void keepOpen() {
        kept = true;
    }

    /** {@code failed(..)} itself has failed. */
    void failedAgain(Throwable failure) {
        second = failure;
    }

    /** Logs what was not handled, and answers the client as for any failure. */
    void finish(ConsumerReport report) {
        if (second == null && isHandled()) {
            report.handled(failure);
            return;
        }
        report.unhandled(failure.callback(), failure.cause());
        if (second != null && second != failure.cause()) {
            report.unhandled(CALLBACK, second);
        }
        outlet.fail(Failures.closing(failure.cause()));
    }

    private boolean isHandled() {
        return (kept && !outlet.isUndecided())
                || wasAccepted != outlet.isAccepted()
                || wasEnded != (outlet.ended() != null);
    }
}
