package org.pekkochannels.edge;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * The file descriptors of this process; immutable.
 *
 * @param limit how many it may have open, as {@code ulimit -n} says
 * @param open how many it has open
 */
record Descriptors(long limit, long open) {
    /** What connections leave free: for log files, other files, and classes that are loaded later. */
    static final int KEPT = 32;

    /** Those of this moment; nothing where the platform does not tell. Takes some milliseconds where many are open. */
    static Optional<Descriptors> now() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return Optional.empty();
        }
        long limit = unix.getMaxFileDescriptorCount();
        // No limit is told as a negative number.
        return limit < 0 ? Optional.empty() : Optional.of(new Descriptors(limit, open(unix, limit)));
    }

    private static long open(UnixOperatingSystemMXBean unix, long limit) {
        try {
            return unix.getOpenFileDescriptorCount();
        } catch (InternalError none) {
            // To count them takes one.
            return limit;
        }
    }

    /** How many more may be opened. */
    long free() {
        return limit - open;
    }
}
