package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.consumer.Consumer.Failure;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/** Describes one consumer and its callback in progress, and logs and counts their failures. */
final class ConsumerReport implements TurnExecutor.Host {
    /** Stands for the callback that creates the consumer. */
    static final String CONSTRUCTOR = "constructor";

    private static final SafeLog LOG = SafeLog.of(ConsumerReport.class);

    private final Scope scope;
    private @Nullable Callbacks callbacks;
    // Null before the connection's first message.
    private @Nullable ConsumerContext consumer;

    ConsumerReport(Scope scope) {
        this.scope = scope;
    }

    /** Reports on these callbacks; called before anything else. */
    void on(Callbacks running) {
        callbacks = running;
    }

    /** The consumer is created with this context. */
    void serves(ConsumerContext context) {
        consumer = context;
    }

    /** The consumer's context; null before the connection's first message. */
    @Nullable
    ConsumerContext own() {
        return consumer;
    }

    @Override
    public String description() {
        return description(callbacks().name());
    }

    @Override
    public Object running() {
        return callbacks().runningOrTask();
    }

    @Override
    public void renameCallback(String from, String to) {
        callbacks().rename(from, to);
    }

    @Override
    public boolean isInCallback() {
        return callbacks().isRunning();
    }

    @Override
    public boolean isRunning(Object callback) {
        return callbacks().isRunning(callback);
    }

    @Override
    public CallQueue calls() {
        return served().calls();
    }

    private String description(String callback) {
        return label(callback) + " on " + scope.printablePath();
    }

    /** Whether the work was only cancelled because the connection has ended; logs it then. */
    boolean isCancelled(String callback, Throwable failure) {
        boolean cancelled = Failures.isCancelled(failure, isEnded());
        if (cancelled) {
            debug(() -> LOG.debug("{} was cancelled because its connection has ended", description(callback)));
        }
        return cancelled;
    }

    /** A callback failed, handled or not. */
    void failed() {
        served().counts().failed();
    }

    /** A callback failed, and its consumer did not handle that. */
    void unhandled(String callback, Throwable failure) {
        served().activity().failed(scope, failure);
        scope.inLogContext(() -> Failures.log(LOG, label(callback), scope, failure));
    }

    /** A callback failed, and its consumer handled that. */
    void handled(Failure failure) {
        served().counts().handled();
        debug(() ->
                LOG.debug("{} failed, which failed(..) has handled", description(failure.callback()), failure.cause()));
    }

    @Override
    public boolean lost(Object callback, Throwable failure, boolean logged) {
        boolean end = Failures.isEnd(failure, isEnded());
        if (logged) {
            scope.inLogContext(() -> Failures.logLost(LOG, label(callback.toString()), scope, failure, end));
        }
        if (!end) {
            served().counts().unhandled();
        }
        return !end;
    }

    @Override
    public void lostUnlogged(int count) {
        scope.inLogContext(() -> LOG.error(
                "{} on {} left {} in the same turn, and neither returned them nor handled their"
                        + " failure; channels.consumer.unhandled counts them",
                name(),
                scope.printablePath(),
                Counted.of(count, "more failed stage")));
    }

    /** {@code connect()} is over, and nothing has answered the client. */
    void undecided() {
        failed();
        scope.inLogContext(() -> LOG.error(
                "{}.connect() on {} completed without a decision, and the client is answered 500; call accept() or refuse()"
                        + " before its stage completes or, in a blocking consumer, before it returns",
                name(),
                scope.printablePath()));
    }

    /** A callback was abandoned after the connection's end. */
    void abandoned(String callback) {
        served().counts().abandoned();
        scope.inLogContext(() -> LOG.warn(
                "{}.{} on {} was abandoned: its stage did not complete within {} of the connection's end"
                        + " (channels.consumer.disconnect-timeout)",
                name(),
                callback,
                scope.printablePath(),
                Settings.written(served().settings().disconnectTimeout())));
    }

    @Override
    public void log(Runnable line) {
        scope.inLogContext(line);
    }

    private void debug(Runnable line) {
        if (LOG.isDebugEnabled()) {
            scope.inLogContext(line);
        }
    }

    private boolean isEnded() {
        return served().ended().isDone();
    }

    /** Only a consumer's code fails, so there is one. */
    private ConsumerContext served() {
        return requireNonNull(consumer);
    }

    private Callbacks callbacks() {
        return requireNonNull(callbacks);
    }

    /** The name of a callback in logs. */
    private String label(String callback) {
        return callback.equals(CONSTRUCTOR) ? name() + " constructor" : name() + "." + callback;
    }

    private String name() {
        return consumer == null ? "consumer" : consumer.consumerName();
    }
}
