package org.pekkochannels.websocket;

/** What a {@link Pool} lends. */
interface Lendable extends AutoCloseable {
    /** Keeps no more memory than it was made with. */
    void rest();

    @Override
    void close();
}
