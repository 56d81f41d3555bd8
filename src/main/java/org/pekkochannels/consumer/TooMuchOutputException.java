package org.pekkochannels.consumer;

/**
 * A consumer, or a transaction, sent more than is kept until it can leave: twice {@code channels.websocket.max-outbound-bytes}, or of the
 * endpoint's. Immutable.
 *
 * <p>A callback of a {@link SyncWebSocketConsumer} keeps what it sends until it returns, an asynchronous consumer what it sends
 * with {@code sendAfterCommit} until the transaction commits; so does a transaction with {@link AfterCommit#groupSend}. Each may catch it, and earlier messages leave as usual; if it does
 * not, they are discarded with the callback or the transaction, and if nothing handles the failure then, the connection closes with
 * 1013.
 */
public final class TooMuchOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How many bytes were kept. */
    private final long bytes;

    private TooMuchOutputException(String consumer, String who, long bytes, int maxBytes, String cure) {
        super(consumer + " refused a send: its " + who + " sent " + bytes
                + " bytes that have not left, more than twice"
                + " max-outbound-bytes, which is " + maxBytes
                + " (channels.websocket or the endpoint's section); "
                + cure + ", or raise the bound");
        this.bytes = bytes;
    }

    static TooMuchOutputException inCallback(String consumer, long bytes, int maxBytes) {
        return new TooMuchOutputException(
                consumer, "callback has", bytes, maxBytes, "send a large result with stream(..)");
    }

    static TooMuchOutputException inTransaction(long bytes, int maxBytes) {
        return new TooMuchOutputException(
                "AfterCommit.groupSend(..)",
                "transaction has",
                bytes,
                maxBytes,
                "send one event for many rows, or use several transactions");
    }

    static TooMuchOutputException inTransactions(String consumer, long bytes, int maxBytes) {
        return new TooMuchOutputException(
                consumer,
                "transactions have",
                bytes,
                maxBytes,
                "send one message for many rows, or use several transactions");
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
