package org.pekkochannels.database;

/** What the database dispatcher is doing; immutable. */
record Load(int threads, int busy, int waiting) {}
