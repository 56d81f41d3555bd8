package org.pekkochannels.consumer;

import org.pekkochannels.concurrent.Counted;

/**
 * A call of a consumer's method from another thread was rejected at once, because too many calls or bytes are pending: their stages are not
 * complete. Or {@code drained()} was rejected, on any thread, because too many of its stages are pending.
 *
 * <p>Has no stack trace: it is created under load, and the message has all details. Immutable.
 */
public final class ConsumerOverloadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How many calls were pending. */
    private final int calls;
    /** How many bytes they held. */
    private final long bytes;

    ConsumerOverloadedException(String consumer, int calls, int maxCalls, long bytes, int refused, int maxBytes) {
        super(
                consumer + " rejected a call of " + Counted.of(refused, "byte") + " from another thread: " + calls
                        + " of at most "
                        + Counted.of(maxCalls, "call") + (calls == 1 ? " is" : " are")
                        + " pending (channels.consumer.max-foreign-calls), with " + bytes
                        + " of at most " + maxBytes + " bytes (channels.websocket.max-outbound-bytes); "
                        + cure(refused, maxBytes),
                null,
                false,
                false);
        this.calls = calls;
        this.bytes = bytes;
    }

    private ConsumerOverloadedException(String message, int calls) {
        super(message, null, false, false);
        this.calls = calls;
        this.bytes = 0;
    }

    /** The maximum number of {@code drained()} stages is pending. */
    static ConsumerOverloadedException ofDrained(String consumer, int calls) {
        return new ConsumerOverloadedException(
                consumer + " rejected drained(): " + Counted.of(calls, "earlier stage") + (calls == 1 ? " is" : " are")
                        + " pending, the maximum"
                        + " (channels.consumer.max-foreign-calls), because the client does not read what was sent; return the"
                        + " stage, or call drained() less often",
                calls);
    }

    private static String cure(int refused, int maxBytes) {
        return refused > maxBytes
                ? "it is larger than that bound by itself: send it in parts, or raise the bound"
                : "wait for the stages of earlier calls, and for drained(), or drop the message";
    }

    /**
     * How many calls were pending.
     *
     * @return the number, {@code channels.consumer.max-foreign-calls} at most
     */
    public int calls() {
        return calls;
    }

    /**
     * How many bytes the pending calls held.
     *
     * @return the number, the connection's {@code max-outbound-bytes} at most
     */
    public long bytes() {
        return bytes;
    }
}
