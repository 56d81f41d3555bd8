package org.pekkochannels.websocket.codec;

/** What a {@link Pool} lends. */
public interface Lendable extends AutoCloseable {
    /** Keeps no more memory than it was made with. */
    void rest();

    @Override
    void close();
}
