package org.pekkochannels.database;

import java.util.concurrent.atomic.AtomicLong;

/** How many calls were not served, and why; thread-safe. */
final class Unserved {
    final AtomicLong overloaded = new AtomicLong();
    final AtomicLong timedOut = new AtomicLong();
    final AtomicLong cancelled = new AtomicLong();
}
