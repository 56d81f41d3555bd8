package org.pekkochannels.websocket;

/** The policy for a peer that does not read, applied when its outbound bound is reached. */
public enum SlowReader {
    /** The connection is closed with 1013, and waiting output is dropped. */
    CLOSE,
    /** The oldest messages are dropped until the new ones fit. */
    DROP_OLDEST,
    /** New messages that do not fit are dropped. */
    DROP_NEWEST
}
