package org.pekkochannels.websocket;

/**
 * One connection's bytes, as an edge moves them for an {@link TransportListener}.
 *
 * <p>Called on the connection's own thread only, that is the one thread (at a time) on which the edge calls
 * {@link TransportListener#bytes}; {@link #inThread} and {@link #execute} may be called on any. No method throws or
 * blocks; on a connection that has ended each does nothing. The edge tells {@link TransportListener#lost} exactly once when the
 * connection is over, for whatever cause, {@link #shutdownOutput}, {@link #close} and {@link #abort} included.
 */
public interface Transport {
    /**
     * The low-water mark of {@link #unsent()}, in bytes: when unsent bytes fall from above it to it or below, the edge
     * calls {@link TransportListener#drained}.
     */
    int LOW_WATER = 32 * 1024;

    /**
     * Whether the caller is on the connection's thread. Where connections share a pool, that is only while the edge runs
     * this connection, not on any other occasion on the same thread. For the turns of one consumer the answer must always
     * be the same, or frames could overtake each other.
     *
     * @return true if it may call every method
     */
    boolean inThread();

    /**
     * Runs a task on the connection's thread, after those given before; any thread may call. The task runs even if the
     * connection ends first.
     *
     * @param task what to run
     * @return false if the connection has ended and the task will never run
     */
    boolean execute(Runnable task);

    /**
     * Appends bytes to the output; they leave with {@link #flush}.
     *
     * @param bytes may be reused after return
     * @param offset the first byte's index
     * @param length how many bytes
     */
    void write(byte[] bytes, int offset, int length);

    /** Lets everything appended leave, in at most one write to the socket; an edge may wait for the end of its pass. */
    void flush();

    /**
     * Back-pressure: stops or resumes reading. Bytes that were read before may still be given to the endpoint.
     *
     * @param on whether to read; true in the beginning
     */
    void reading(boolean on);

    /**
     * Bytes appended and not yet taken by the kernel.
     *
     * @return how many
     */
    long unsent();

    /**
     * What the kernel has taken since the beginning, to see whether it takes anything.
     *
     * @return a number that grows whenever it takes something, and never otherwise
     */
    long taken();

    /**
     * Sends FIN after what was written; what the peer still sends is read and discarded, and if that is more than {@link
     * Endpoint#mostDiscarded} the connection is aborted. The session aborts if the peer does not end its side within the
     * close timeout.
     */
    void shutdownOutput();

    /**
     * Ends the connection after what was written, of a peer that has said its last word; if it speaks again, that may reset
     * the connection. As {@link #shutdownOutput}, unless the edge can do it with less.
     */
    default void close() {
        shutdownOutput();
    }

    /** Ends the connection at once (RST); what was not sent is lost. */
    void abort();
}
