package org.pekkochannels.concurrent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Failures of code that only observes the work, such as a meter, a tracer or the logging context.
 *
 * <p>All are counted. The first of each kind is logged, at most {@value #MOST_LINES} lines, because such code often fails at
 * each call. A fatal error is no exception to that: the call that is observed is answered in any case. Thread-safe; never
 * throws.
 */
public final class ObserverFailures {
    static final int MOST_LINES = 20;

    private final SafeLog log;
    private final LongAdder count = new LongAdder();
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /**
     * No failure yet.
     *
     * @param log takes the lines
     */
    public ObserverFailures(SafeLog log) {
        this.log = log;
    }

    /**
     * Counts a failure, and logs it if it is the first of its kind.
     *
     * @param observer what failed, for the log; one of few texts
     * @param failure what it threw
     */
    public void add(String observer, Throwable failure) {
        count.increment();
        if (logged.size() < MOST_LINES
                && logged.add(observer + failure.getClass().getName())) {
            log.warn(
                    "{} failed; what it observes goes on, and further failures of this kind are only counted",
                    observer,
                    failure);
        }
    }

    /**
     * How many there were.
     *
     * @return the number
     */
    public long count() {
        return count.sum();
    }
}
