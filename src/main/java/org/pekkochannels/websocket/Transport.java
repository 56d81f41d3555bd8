package org.pekkochannels.websocket;

/**
 * The bytes of one connection, as an edge transfers them for a {@link TransportListener}.
 *
 * <p>Called on the connection's thread only, that is the one thread (at a time) on which the edge calls {@link TransportListener#bytes}.
 * {@link #inThread} and {@link #execute} may be called on any thread. No method throws or blocks; after the connection's end each has no
 * effect. The edge calls {@link TransportListener#lost} exactly once when the connection is over, whatever the cause, including
 * {@link #shutdownOutput}, {@link #close} and {@link #abort}.
 */
public interface Transport {
    /**
     * The low-water mark of {@link #unsent()}, in bytes: when unsent bytes fall from above it to it or below, the edge calls
     * {@link TransportListener#drained}.
     */
    int LOW_WATER = 32 * 1024;

    /**
     * Whether the caller is on the connection's thread. If connections share a pool, this is true only while the edge runs this connection,
     * not at other times on the same thread. The answer must be the same for all turns of one consumer; otherwise frames could overtake
     * each other.
     *
     * @return true if the caller may call every method
     */
    boolean inThread();

    /**
     * Runs a task on the connection's thread, after earlier tasks. May be called on any thread. The task runs even if the connection ends
     * first.
     *
     * @param task the task
     * @return false if the connection has ended and the task will never run
     */
    boolean execute(Runnable task);

    /**
     * Appends bytes to the output; {@link #flush} sends them.
     *
     * @param bytes may be reused after return
     * @param offset the index of the first byte
     * @param length the number of bytes
     */
    void write(byte[] bytes, int offset, int length);

    /** Sends everything appended, in at most one write to the socket; an edge may delay it to the end of its pass. */
    void flush();

    /**
     * Back-pressure: stops or resumes reading. Bytes that were read before may still be delivered to the listener.
     *
     * @param on whether to read; initially true
     */
    void reading(boolean on);

    /**
     * The bytes that were appended and not yet taken by the kernel.
     *
     * @return the number
     */
    long unsent();

    /**
     * The bytes that the kernel has taken since the beginning, to detect a stall.
     *
     * @return a number that grows whenever the kernel takes bytes, and never otherwise
     */
    long taken();

    /**
     * Sends FIN after the pending output. Later bytes from the peer are read and discarded; if they are more than
     * {@link TransportListener#mostDiscarded} the connection is aborted. The session aborts if the peer does not end its side within the
     * close timeout.
     */
    void shutdownOutput();

    /**
     * Ends the connection after the pending output, when the peer's close frame has arrived; if the peer sends anything more, the
     * connection may be reset. Like {@link #shutdownOutput}, unless the edge has a cheaper way.
     */
    default void close() {
        shutdownOutput();
    }

    /** Ends the connection at once (RST); unsent output is lost. */
    void abort();
}
