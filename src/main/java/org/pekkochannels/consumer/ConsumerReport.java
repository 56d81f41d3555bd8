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
    private final ConsumerRuntime runtime;
    private @Nullable ConnectionEnd ended;
    private @Nullable Callbacks callbacks;
    // Null before the connection's first message.
    private @Nullable ConsumerContext consumer;

    ConsumerReport(Scope scope, ConsumerRuntime runtime) {
        this.scope = scope;
        this.runtime = runtime;
    }

    /** Reports on these callbacks; called before anything else. */
    void on(Callbacks running, ConnectionEnd end) {
        callbacks = running;
        ended = end;
    }

    /** The consumer is created with this context. */
    void serves(ConsumerContext context) {
        consumer = context;
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
        return requireNonNull(consumer).calls();
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
        runtime.counts().failed();
    }

    /** A callback failed, and its consumer did not handle that. */
    void unhandled(String callback, Throwable failure) {
        scope.inLogContext(() -> Failures.log(LOG, label(callback), scope, failure));
    }

    /** A callback failed, and its consumer handled that. */
    void handled(Failure failure) {
        runtime.counts().handled();
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
            runtime.counts().unhandled();
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
        runtime.counts().abandoned();
        scope.inLogContext(() -> LOG.warn(
                "{}.{} on {} was abandoned: its stage did not complete within {} of the connection's end"
                        + " (channels.consumer.disconnect-timeout)",
                name(),
                callback,
                scope.printablePath(),
                Settings.written(runtime.settings().disconnectTimeout())));
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
        return requireNonNull(ended).isDone();
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
