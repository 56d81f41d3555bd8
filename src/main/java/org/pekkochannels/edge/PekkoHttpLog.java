package org.pekkochannels.edge;

import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.event.LoggingAdapter;

/**
 * Pekko HTTP's log of one connection. Messages that a client can cause with each request are counted and logged at debug, without the
 * client's input: Pekko HTTP would quote it in a warning, including cookies and queries. Thread-safe, except {@link #rejected}.
 */
final class PekkoHttpLog implements LoggingAdapter {
    // The prefix of Pekko HTTP's message for a value that its model of the header does not allow; the page gets it as
    // text.
    private static final String ILLEGAL_HEADER = "Illegal header";

    // The prefix of its message for a page that answers without reading the body, which contains the request's query.
    private static final String EARLY_RESPONSE = "Sending an 2xx 'early' response";

    private final LoggingAdapter log;
    private final HttpExchange exchange;
    private final Counts counts;

    /**
     * Counters over all connections. Thread-safe.
     *
     * @param disagreed heads that Pekko HTTP has rejected although our reader has not
     * @param headers header values that Pekko HTTP's model of the header does not allow
     * @param truncated requests whose route has failed because their body was incomplete
     */
    record Counts(LongAdder disagreed, LongAdder headers, LongAdder truncated) {
        Counts() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    PekkoHttpLog(LoggingAdapter log, HttpExchange exchange, Counts counts) {
        this.log = log;
        this.exchange = exchange;
        this.counts = counts;
    }

    /** Pekko HTTP answers with an error itself; on the stream's interpreter. */
    void rejected(int status) {
        if (exchange.isUnparsed()) {
            counts.disagreed().increment();
            log.debug("Pekko HTTP rejected a request head with status {}", status);
        } else {
            log.debug("Pekko HTTP rejected a request body with status {}", status);
        }
    }

    @Override
    public boolean isErrorEnabled() {
        return log.isErrorEnabled();
    }

    @Override
    public boolean isWarningEnabled() {
        return true;
    }

    @Override
    public boolean isInfoEnabled() {
        return log.isInfoEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return log.isDebugEnabled();
    }

    @Override
    public void notifyError(String message) {
        log.error(message);
    }

    @Override
    public void notifyError(Throwable cause, String message) {
        log.error(cause, message);
    }

    @Override
    public void notifyWarning(String message) {
        if (message.startsWith(ILLEGAL_HEADER)) {
            counts.headers().increment();
            log.debug("a request has a header that Pekko HTTP's model of it does not allow");
        } else if (message.startsWith(EARLY_RESPONSE)) {
            log.debug("a page answered before it had read the request's body; the connection ends after it");
        } else if (log.isWarningEnabled()) {
            log.warning(message);
        }
    }

    @Override
    public void notifyInfo(String message) {
        log.info(message);
    }

    @Override
    public void notifyDebug(String message) {
        log.debug(message);
    }
}
