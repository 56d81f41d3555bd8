package org.pekkochannels.http;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** The lines of one logger, at every level, while this is open. */
final class LoggedLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Map<String, String>> contexts = new LinkedBlockingQueue<>();
    private final Logger log;

    LoggedLines(String logger) {
        log = (Logger) LoggerFactory.getLogger(logger);
        start();
        log.addAppender(this);
    }

    /** Waits for the next line. */
    String next() throws InterruptedException {
        return String.valueOf(lines.poll(20, TimeUnit.SECONDS));
    }

    /** Waits for the logging context (MDC) of the next line. */
    Map<String, String> nextContext() throws InterruptedException {
        return Optional.ofNullable(contexts.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    /** The next line, if it has been written. */
    String nextNow() {
        return String.valueOf(lines.poll());
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
        contexts.add(event.getMDCPropertyMap());
    }

    @Override
    public void close() {
        log.detachAppender(this);
    }
}
