package org.pekkochannels.identity;

/** A user of the tests' applications. */
record Account(long id, String name, String password) {}
