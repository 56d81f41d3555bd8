package org.pekkochannels.websocket.codec;

/** A resource of a {@link Pool}. */
public interface Lendable extends AutoCloseable {
    /** Releases memory beyond its initial size. */
    void rest();

    @Override
    void close();
}
