package org.pekkochannels.concurrent;

/**
 * Room on the stack of the current thread.
 *
 * <p>An application's recursion without an end overflows the stack at any depth, also inside a call of this library: between
 * the taking of a place and its use, for example, where a catch or finally block would overflow again. Code that changes what
 * others share asks for room first, so that an overflow happens before anything has changed. Stateless.
 */
public final class StackRoom {
    private static final int LEVELS = 48;

    private StackRoom() {}

    /**
     * Throws a {@code StackOverflowError} unless the stack has room for some dozens of nested calls.
     *
     * @throws StackOverflowError if it has not
     */
    public static void require() {
        long unused = descend(LEVELS, 1, 2, 3, 5, 7, 11, 13, 17);
    }

    // What is added after the call must be kept in the frame meanwhile, which so stays large when it is compiled.
    private static long descend(int level, long a, long b, long c, long d, long e, long f, long g, long h) {
        return level == 0 ? a : descend(level - 1, b, c, d, e, f, g, h, a) + (a ^ b) + (c ^ d) + (e ^ f) + (g ^ h);
    }
}
