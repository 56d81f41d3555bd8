package org.pekkochannels.edge;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * The file descriptors of this process. Immutable.
 *
 * @param limit the maximum number of open ones ({@code ulimit -n})
 * @param open the number of open ones
 */
record Descriptors(long limit, long open) {
    /** The number that connections leave free: for log files, other files, and classes that are loaded later. */
    static final int KEPT = 32;

    /** The current numbers; empty if the platform does not report them. Takes some milliseconds if many are open. */
    static Optional<Descriptors> now() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return Optional.empty();
        }
        long limit = unix.getMaxFileDescriptorCount();
        // A negative number means no limit.
        return limit < 0 ? Optional.empty() : Optional.of(new Descriptors(limit, open(unix, limit)));
    }

    private static long open(UnixOperatingSystemMXBean unix, long limit) {
        try {
            return unix.getOpenFileDescriptorCount();
        } catch (InternalError none) {
            // Counting needs a descriptor itself; none is free.
            return limit;
        }
    }

    /** The number of further ones that can be opened. */
    long free() {
        return limit - open;
    }
}
