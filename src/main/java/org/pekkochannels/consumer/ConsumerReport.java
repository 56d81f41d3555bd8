package org.pekkochannels.consumer;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.consumer.Consumer.Failure;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/** Logs and counts what happens to one consumer, with the consumer's class, the callback and the path. */
final class ConsumerReport {
    /** Stands for the callback that creates the consumer. */
    static final String CONSTRUCTOR = "constructor";

    private static final SafeLog LOG = SafeLog.of(ConsumerReport.class);

    private final Scope scope;
    private final ConsumerRuntime runtime;
    private final ConnectionEnd ended;
    // Null before the connection's first message.
    private @Nullable ConsumerContext consumer;

    ConsumerReport(Scope scope, ConsumerRuntime runtime, ConnectionEnd ended) {
        this.scope = scope;
        this.runtime = runtime;
        this.ended = ended;
    }

    /** The consumer is created with this context. */
    void serves(ConsumerContext context) {
        consumer = context;
    }

    /** Describes a callback for log lines; any thread. */
    String description(String callback) {
        return label(callback) + " on " + scope.printablePath();
    }

    /** Whether the work was only cancelled because the connection has ended; logs it then. */
    boolean isCancelled(String callback, Throwable failure) {
        boolean cancelled = Failures.isCancelled(failure, ended.isDone());
        if (cancelled) {
            LOG.debug("{} was cancelled because its connection has ended", description(callback));
        }
        return cancelled;
    }

    /** A callback failed, handled or not. */
    void failed() {
        runtime.counts().failed();
    }

    /** A callback failed, and its consumer did not handle that. */
    void unhandled(String callback, Throwable failure) {
        Failures.log(LOG, label(callback), scope, failure);
    }

    /** A callback failed, and its consumer handled that. */
    void handled(Failure failure) {
        runtime.counts().handled();
        LOG.debug("{} failed, which failed(..) has handled", description(failure.callback()), failure.cause());
    }

    /** A stage that a callback created has failed unseen; returns whether that is an error. */
    boolean lost(String callback, Throwable failure, boolean logged) {
        boolean counted = logged
                ? Failures.logLost(LOG, label(callback), scope, failure, ended.isDone())
                : !Failures.isEnd(failure, ended.isDone());
        if (counted) {
            runtime.counts().unhandled();
        }
        return counted;
    }

    /** This many more stages have failed unseen. */
    void lostUnlogged(int count) {
        LOG.error(
                "{} on {} left {} more failed {} in the same turn, and neither returned them nor handled their"
                        + " failure; channels.consumer.unhandled counts them",
                name(),
                scope.printablePath(),
                count,
                count == 1 ? "stage" : "stages");
    }

    /** {@code connect()} is over, and nothing has answered the client. */
    void undecided() {
        failed();
        LOG.error(
                "{}.connect() on {} completed without a decision, and the client is answered 500; call accept() or refuse()"
                        + " before its stage completes or, in a blocking consumer, before it returns",
                name(),
                scope.printablePath());
    }

    /** A callback was abandoned after the connection's end. */
    void abandoned(String callback) {
        runtime.counts().abandoned();
        LOG.warn(
                "{}.{} on {} was abandoned: its stage did not complete within {} of the connection's end"
                        + " (channels.consumer.disconnect-timeout)",
                name(),
                callback,
                scope.printablePath(),
                Settings.written(runtime.settings().disconnectTimeout()));
    }

    /** The name of a callback in logs. */
    private String label(String callback) {
        return callback.equals(CONSTRUCTOR) ? name() + " constructor" : name() + "." + callback;
    }

    private String name() {
        return consumer == null ? "consumer" : consumer.consumerName();
    }
}
