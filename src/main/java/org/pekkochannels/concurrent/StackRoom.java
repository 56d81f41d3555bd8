package org.pekkochannels.concurrent;

/**
 * Checks the room on the stack of the current thread.
 *
 * <p>An endless recursion of the application can overflow the stack at any depth, also inside this library: for example between reserving a
 * place and using it, where a catch or finally block would overflow again. Code that changes shared state checks for room first, so that an
 * overflow happens before anything has changed. Stateless.
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

    // The operands added after the recursive call stay in the frame during the call, which keeps frames large in
    // compiled code, too.
    private static long descend(int level, long a, long b, long c, long d, long e, long f, long g, long h) {
        return level == 0 ? a : descend(level - 1, b, c, d, e, f, g, h, a) + (a ^ b) + (c ^ d) + (e ^ f) + (g ^ h);
    }
}
