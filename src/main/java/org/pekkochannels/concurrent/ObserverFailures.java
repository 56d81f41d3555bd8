package org.pekkochannels.concurrent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Failures of code that only observes the work, such as a meter, a tracer or the logging context.
 *
 * <p>All are counted. The first of each kind is logged, at most {@value #MOST_LINES} lines, because such code often fails at each call.
 * This includes fatal errors, because the observed call is answered in any case. Thread-safe; never throws.
 */
public final class ObserverFailures {
    static final int MOST_LINES = 20;

    private final SafeLog log;
    private final LongAdder count = new LongAdder();
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /**
     * Starts without failures.
     *
     * @param log the logger to use
     */
    public ObserverFailures(SafeLog log) {
        this.log = log;
    }

    /**
     * Counts a failure, and logs it if it is the first of its kind.
     *
     * @param observer what failed, for the log; one of a small set of texts
     * @param failure what it threw
     */
    public void add(String observer, Throwable failure) {
        count.increment();
        if (logged.size() < MOST_LINES
                && logged.add(observer + failure.getClass().getName())) {
            log.warn(
                    "{} failed; the observed work continues, and further failures of this kind are only counted",
                    observer,
                    failure);
        }
    }

    /**
     * The number of failures.
     *
     * @return the number
     */
    public long count() {
        return count.sum();
    }
}
