package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.pekkochannels.concurrent.SafeLog;

/** The listeners for the gaps of one node. A listener that fails, whatever it throws, is counted and logged, and the next one is called. Thread-safe. */
final class GapListeners {
    private static final SafeLog LOG = SafeLog.of(GapListeners.class);

    private final List<Listening> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder failures;

    GapListeners(LongAdder failures) {
        this.failures = failures;
    }

    /** One call of {@link #add}: the same listener may be added twice, and each is removed by itself. */
    private final class Listening {
        private final Consumer<Gap> listener;

        Listening(Consumer<Gap> listener) {
            this.listener = listener;
        }

        void tell(Gap gap) {
            try {
                listener.accept(gap);
            } catch (Throwable e) { // not rethrown: the next listener is called
                failures.increment();
                LOG.warn("a listener of onGap(..) failed", e);
            }
        }
    }

    /** Returns what removes the listener; removing it again has no effect. */
    AutoCloseable add(Consumer<Gap> listener) {
        Listening own = new Listening(requireNonNull(listener, "the listener for gaps must not be null"));
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    void tell(Gap gap) {
        listeners.forEach(listener -> listener.tell(gap));
    }
}
