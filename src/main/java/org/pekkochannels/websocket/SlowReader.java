package org.pekkochannels.websocket;

/** What is done with a peer that does not read, when its outbound bound is reached. */
public enum SlowReader {
    /** The connection is closed with 1013, and what waited is dropped. */
    CLOSE,
    /** The messages that have waited longest are dropped until the new ones have room. */
    DROP_OLDEST,
    /** The new messages that have no room are dropped. */
    DROP_NEWEST
}
