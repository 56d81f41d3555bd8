package org.pekkochannels.testkit;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The threads that the code of an application under test has created, with the places where it did.
 *
 * <p>Each thread of its dispatchers has an inheritable value. A new thread gets another one, with the stack of its creation, from the
 * thread that creates it. The value is reachable only through the new thread, and only until that ends. Thread-safe.
 */
final class StartedThreads {
    private static final Inherited VALUE = new Inherited();
    private static final int MOST_FRAMES = 12;
    private static final int COLLECTIONS = 10;
    private static final long PAUSE_MILLIS = 10;

    private final List<WeakReference<Origin>> origins = new ArrayList<>();

    /** Where a thread was created. */
    private static final class Origin {
        private final StackTraceElement[] stack = new Throwable().getStackTrace();
        private final StartedThreads owner;

        Origin(StartedThreads owner) {
            this.owner = owner;
        }

        /** The class whose code has created the thread is neither the JDK's nor a library's. */
        boolean isOfApplication() {
            return frames().findFirst()
                    .filter(frame -> Ownership.isOfApplication(frame.getClassName()))
                    .isPresent();
        }

        private Stream<StackTraceElement> frames() {
            return Stream.of(stack)
                    .filter(frame -> !Ownership.isOfJdk(frame.getClassName())
                            && !frame.getClassName().startsWith(StartedThreads.class.getName()));
        }

        String place() {
            return frames().limit(MOST_FRAMES)
                    .map(frame -> "\n      at " + frame)
                    .collect(Collectors.joining());
        }
    }

    private static final class Inherited extends InheritableThreadLocal<@Nullable Origin> {
        @Override
        protected @Nullable Origin childValue(@Nullable Origin parent) {
            if (parent == null) {
                return null;
            }
            Origin child = new Origin(parent.owner);
            return child.isOfApplication() ? parent.owner.add(child) : null;
        }
    }

    /** Threads that the calling thread creates from now on belong to this application. */
    void follow() {
        Origin own = VALUE.get();
        if (own == null || own.owner != this) {
            VALUE.set(new Origin(this));
        }
    }

    private Origin add(Origin origin) {
        synchronized (origins) {
            origins.removeIf(known -> known.get() == null);
            origins.add(new WeakReference<>(origin));
        }
        return origin;
    }

    /** Where the threads were created that have not ended. Collects garbage if there may be any. */
    List<String> alive() {
        List<String> alive = places();
        for (int i = 0; i < COLLECTIONS && !alive.isEmpty(); i++) {
            System.gc();
            pause();
            alive = places();
        }
        return alive;
    }

    private List<String> places() {
        synchronized (origins) {
            return origins.stream()
                    .map(WeakReference::get)
                    .filter(Objects::nonNull)
                    .map(Origin::place)
                    .sorted()
                    .toList();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
