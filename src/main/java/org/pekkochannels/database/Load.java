package org.pekkochannels.database;

/** The load of the database dispatcher. Immutable. */
record Load(int threads, int busy, int waiting) {}
