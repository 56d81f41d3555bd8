package org.pekkochannels.concurrent;

import org.jspecify.annotations.Nullable;

/** Runs code close to the end of a stack: at each depth from where it overflows to where it has room. */
public final class NearOverflow {
    private static final int STACK_BYTES = 256 * 1024;
    // Frames of other sizes, so that the code does not always begin at the same distances from the end.
    private static final int OFFSETS = 5;
    private static final int IN_ROOM = 10;

    static {
        // What the JVM throws where a class cannot be initialized. Overflowing itself there, it could never be made
        // again.
        Throwable unused = new ExceptionInInitializerError(new NoClassDefFoundError());
    }

    private final Runnable code;
    private int overflows;
    private int successes;
    private @Nullable Throwable unexpected;

    private NearOverflow(Runnable code) {
        this.code = code;
    }

    /**
     * Runs it on a thread with a small stack.
     *
     * @param code may throw a {@code StackOverflowError} or what that has caused
     * @return how often it has overflowed
     * @throws InterruptedException if this thread is interrupted
     */
    public static int run(Runnable code) throws InterruptedException {
        NearOverflow near = new NearOverflow(code);
        Thread thread = new Thread(null, near::runAll, "near-overflow", STACK_BYTES);
        thread.setUncaughtExceptionHandler((own, failure) -> near.unexpected = failure);
        thread.start();
        thread.join();
        if (near.unexpected != null) {
            throw new AssertionError(near.unexpected);
        }
        return near.overflows;
    }

    private void runAll() {
        for (int offset = 0; offset < OFFSETS; offset++) {
            successes = 0;
            try {
                shift(offset);
            } catch (StackOverflowError expected) {
                // The code has run on the way up.
            }
        }
    }

    private long shift(int offset) {
        return offset == 0 ? descend(0) : shift(offset - 1) + offset;
    }

    @SuppressWarnings("InfiniteRecursion") // which is the point
    private long descend(long level) {
        try {
            return descend(level + 1) + level;
        } catch (StackOverflowError end) {
            if (successes < IN_ROOM) {
                runOnce();
            }
            throw end;
        }
    }

    private void runOnce() {
        try {
            code.run();
            successes++;
        } catch (StackOverflowError | InternalError tooDeep) {
            overflows++;
        }
    }
}
