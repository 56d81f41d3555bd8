package org.pekkochannels.consumer;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.consumer.Consumer.Failure;

/** What follows when a callback of one consumer fails: the consumer's {@code failed(..)}, or the default. Confined to its turns. */
final class CallbackFailures implements Callbacks.Failed {
    private final ConsumerReport report;

    CallbackFailures(ConsumerReport report) {
        this.report = report;
    }

    @Override
    public void accept(String callback, @Nullable Object input, Throwable failure) {
        if (report.isCancelled(callback, failure)) {
            return;
        }
        report.failed();
        ConsumerContext own = report.own();
        FailureHandling handling = handling();
        if (handling != null && callback.equals(FailureHandling.CALLBACK)) {
            handling.failedAgain(failure);
        } else if (own != null && isForConsumer(own, callback, failure)) {
            own.failing(new FailureHandling(Failure.of(callback, input, failure), own.outlet()));
        } else {
            applyDefault(callback, failure);
        }
    }

    /** A task is not a callback, and may fail while one runs. A fatal error ends the process, or the actor. */
    private static boolean isForConsumer(ConsumerContext own, String callback, Throwable failure) {
        return own.handlesFailures()
                && !own.isEnding()
                && !callback.equals(ConsumerReport.CONSTRUCTOR)
                && !callback.equals(Callbacks.TASK)
                && !FatalErrors.isFatal(failure);
    }

    private void applyDefault(String callback, Throwable failure) {
        report.unhandled(callback, failure);
        ConsumerContext own = report.own();
        if (own != null && !own.isEnding()) {
            own.outlet().fail(Failures.closing(failure));
        }
    }

    /** Starts the consumer's {@code failed(..)}, or applies what it has decided; false if no failure waits. No callback is in progress. */
    boolean advance(Consumer consumer, Callbacks callbacks) {
        FailureHandling handling = handling();
        if (handling != null && !handling.start(consumer, callbacks)) {
            finish();
        }
        return handling != null;
    }

    /** Applies what {@code failed(..)} has decided so far. */
    void finish() {
        ConsumerContext own = report.own();
        FailureHandling handling = handling();
        if (own != null && handling != null) {
            own.failing(null);
            handling.finish(report);
        }
    }

    private @Nullable FailureHandling handling() {
        ConsumerContext own = report.own();
        return own == null ? null : own.failing();
    }
}
