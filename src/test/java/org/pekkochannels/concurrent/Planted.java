package org.pekkochannels.concurrent;

import java.util.ServiceConfigurationError;

/** What an application's code may throw that is no fatal error of the JVM, each as it really comes about. */
public enum Planted {
    /** As an assertion, or Kotlin's {@code TODO()}. */
    ERROR {
        @Override
        Throwable made() {
            return new Error("planted");
        }
    },
    /** A class that is missing, or that cannot be read as the process has no descriptor left. */
    LINKAGE {
        @Override
        Throwable made() {
            return new NoClassDefFoundError("planted");
        }
    },
    /** A service file that names a missing class. */
    SERVICE {
        @Override
        Throwable made() {
            return new ServiceConfigurationError("planted");
        }
    },
    /** Recursion without an end. */
    STACK_OVERFLOW {
        @Override
        Throwable made() {
            try {
                throw new IllegalStateException("planted" + depth(1));
            } catch (StackOverflowError e) {
                return e;
            }
        }
    },
    /** An array that no heap could hold. */
    LARGE_ARRAY {
        @Override
        Throwable made() {
            try {
                throw new IllegalStateException("planted" + new byte[Integer.MAX_VALUE].length);
            } catch (OutOfMemoryError e) {
                return e;
            }
        }
    },
    /** A checked exception that no signature names. */
    CHECKED {
        @Override
        Throwable made() {
            return new Exception("planted");
        }
    },
    /** Of a wait that was ended. */
    INTERRUPTED {
        @Override
        Throwable made() {
            return new InterruptedException("planted");
        }
    };

    abstract Throwable made();

    /** Throws it. */
    public void raise() {
        Planted.<RuntimeException>sneak(made());
    }

    /** What {@link #raise} throws has this class. */
    public Class<? extends Throwable> type() {
        return made().getClass();
    }

    @SuppressWarnings("InfiniteRecursion") // as an application's may be
    private static int depth(int n) {
        return n + depth(n + 1);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
