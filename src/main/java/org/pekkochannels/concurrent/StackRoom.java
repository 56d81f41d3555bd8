package org.pekkochannels.concurrent;

/**
 * Checks that the stack of the current thread has room for a call of this library.
 *
 * <p>An application's endless recursion overflows the stack at any depth, also inside a call of this library: between taking a
 * slot and using it, for example, where a catch or finally block would overflow again. Code that changes shared state checks
 * first, so that an overflow happens before anything has changed. Stateless.
 */
public final class StackRoom {
    private static final int LEVELS = 16;

    private StackRoom() {}

    /**
     * Throws a {@code StackOverflowError} unless the stack has room for some dozens of nested calls, about 4 KiB.
     *
     * @throws StackOverflowError if the stack is nearly full
     */
    public static void require() {
        long unused =
                descend(LEVELS, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24);
    }

    // Java offers no way to ask how much stack is left, so this uses it. All arguments are used after the inner call,
    // so that
    // their slots stay in the compiled frame (260 bytes). Few wide frames cost half of what many narrow ones of the
    // same size do.
    private static long descend(
            int level,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            long g,
            long h,
            long i,
            long j,
            long k,
            long l,
            long m,
            long n,
            long o,
            long p,
            long q,
            long r,
            long s,
            long t,
            long u,
            long v,
            long w,
            long x) {
        return level == 0
                ? a
                : descend(level - 1, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x)
                        + (a ^ b)
                        + (c ^ d)
                        + (e ^ f)
                        + (g ^ h)
                        + (i ^ j)
                        + (k ^ l)
                        + (m ^ n)
                        + (o ^ p)
                        + (q ^ r)
                        + (s ^ t)
                        + (u ^ v)
                        + (w ^ x);
    }
}
