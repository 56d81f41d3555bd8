package org.pekkochannels.database;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the calls that were not served, by reason. Thread-safe. */
final class Unserved {
    final AtomicLong overloaded = new AtomicLong();
    final AtomicLong timedOut = new AtomicLong();
    final AtomicLong cancelled = new AtomicLong();
}
