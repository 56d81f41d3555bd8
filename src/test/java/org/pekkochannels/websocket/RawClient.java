package org.pekkochannels.websocket;

/** The raw other end of a connection; its methods block, with a limit of their own. Any thread, one at a time each way. */
public interface RawClient {
    /**
     * Sends bytes; blocks while the server does not read.
     *
     * @param bytes what to send
     * @throws Exception if the connection is over
     */
    void send(byte[] bytes) throws Exception;

    /**
     * Receives bytes.
     *
     * @param count how many
     * @return the bytes
     * @throws Exception if they do not come within some seconds
     */
    byte[] receive(int count) throws Exception;

    /**
     * Waits for the end of what the server sends.
     *
     * @return whether it ended in order (FIN); false if the connection was reset
     * @throws Exception if neither comes within some seconds, or bytes do
     */
    boolean endsInOrder() throws Exception;

    /**
     * Ends what the client sends (FIN), the other direction stays open.
     *
     * @throws Exception if the connection is over
     */
    void finish() throws Exception;

    /**
     * Resets the connection (RST).
     *
     * @throws Exception if the connection is over
     */
    void reset() throws Exception;

    /**
     * Ends the connection if it still is, and whatever was started for it.
     *
     * @throws Exception if that fails
     */
    void close() throws Exception;
}
