package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The log of a package while a test runs, each line with its stack: warnings and errors, unless a test needs more. */
public final class RecordedLog implements AutoCloseable {
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Queue<String> all = new ConcurrentLinkedQueue<>();
    private final Logger logger;
    private final Level least;
    private final @Nullable Level before;
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(least)) {
                String line =
                        event.getFormattedMessage() + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
                all.add(line);
                lines.add(line);
            }
        }
    };

    /** Records from now on. */
    public RecordedLog(String name) {
        this(name, Level.WARN);
    }

    private RecordedLog(String name, Level least) {
        this.least = least;
        logger = (Logger) LoggerFactory.getLogger(name);
        before = logger.getLevel();
        if (!logger.isEnabledFor(least)) {
            logger.setLevel(least);
        }
        appender.start();
        logger.addAppender(appender);
    }

    /** Records also what is logged at debug. */
    public static RecordedLog atDebug(Class<?> source) {
        return new RecordedLog(source.getName(), Level.DEBUG);
    }

    /** Waits for the next line that contains a text. */
    public String await(String text) {
        try {
            for (String line = take(text); ; line = take(text)) {
                if (line.contains(text)) {
                    return line;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What was logged so far and contains a text. */
    public List<String> soFar(String text) {
        return all.stream().filter(line -> line.contains(text)).toList();
    }

    private String take(String text) throws InterruptedException {
        String line = lines.poll(20, TimeUnit.SECONDS);
        assertThat(line).as("a line with '%s' after %s", text, all).isNotNull();
        return line;
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(before);
    }
}
