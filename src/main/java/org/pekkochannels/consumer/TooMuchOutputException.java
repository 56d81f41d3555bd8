package org.pekkochannels.consumer;

/**
 * A callback of a {@link SyncWebSocketConsumer} sent more than is kept until it returns: twice {@code
 * channels.websocket.max-outbound-bytes}, or of the endpoint's. The callback may catch it, and its earlier messages leave as
 * usual; if it does not, they are discarded, and the connection closes with 1013. Immutable.
 */
public final class TooMuchOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How many bytes were kept. */
    private final long bytes;

    TooMuchOutputException(String consumer, long bytes, int maxBytes) {
        super(consumer + " refused a send: its callback has sent " + bytes
                + " bytes that have not left, more than twice"
                + " max-outbound-bytes, which is " + maxBytes
                + " (channels.websocket or the endpoint's section); send a"
                + " large result with stream(..), or raise the bound");
        this.bytes = bytes;
    }

    /**
     * How many bytes of messages and events were kept, with 64 more for each.
     *
     * @return the number
     */
    public long bytes() {
        return bytes;
    }
}
