package org.pekkochannels.load;

import java.lang.management.ManagementFactory;

/** What the process holds on to. */
final class Heap {
    private Heap() {}

    /** How many bytes are in use once the garbage is gone. */
    static long used() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
