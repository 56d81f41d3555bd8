package org.pekkochannels.consumer;

/**
 * The output of a consumer or a transaction exceeds the amount that is kept until it can leave: twice
 * {@code channels.websocket.max-outbound-bytes}, or the endpoint's value. Immutable.
 *
 * <p>A callback of a {@link SyncWebSocketConsumer} keeps its output until it returns. An asynchronous consumer keeps the output of
 * {@code sendAfterCommit} until the transaction commits, and so does a transaction with {@link AfterCommit#groupSend}. If the code catches
 * the exception, earlier messages leave as usual. Otherwise they are discarded with the callback or the transaction, and if the failure
 * stays unhandled, the connection closes with 1013.
 */
public final class TooMuchOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How many bytes were kept. */
    private final long bytes;

    private TooMuchOutputException(String consumer, String who, long bytes, int maxBytes, String cure) {
        super(consumer + " rejected a send: its " + who + " sent " + bytes
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
     * The number of bytes of kept messages and events, plus 64 for each.
     *
     * @return the number
     */
    public long bytes() {
        return bytes;
    }
}
