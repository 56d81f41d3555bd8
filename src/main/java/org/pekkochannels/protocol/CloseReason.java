package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/**
 * Why a connection ended: a close code and a text. Immutable.
 *
 * @param code a code that {@link CloseCode#isSendable may be sent}, {@link CloseCode#NO_STATUS} or {@link CloseCode#ABNORMAL}
 * @param reason a text for the peer, at most 123 bytes of UTF-8 if the code may be sent
 */
public record CloseReason(int code, String reason) {
    /** The connection was lost without a close frame. */
    public static final CloseReason LOST = of(CloseCode.ABNORMAL);

    // A control frame carries 125 bytes, two of which are the code (RFC 6455, section 5.5).
    private static final int MAX_REASON_BYTES = 123;

    /**
     * Checks both parts.
     *
     * @param code the code
     * @param reason the text
     */
    public CloseReason {
        if (!CloseCode.isSendable(code) && code != CloseCode.NO_STATUS && code != CloseCode.ABNORMAL) {
            throw new IllegalArgumentException(
                    "close code must be 1000-1003, 1005-1014 or 3000-4999 (applications use 4000-4999), was " + code);
        }
        requireNonNull(reason, "the reason of a close must not be null; use an empty one");
        int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_REASON_BYTES) {
            throw new IllegalArgumentException(
                    "close reason must be at most " + MAX_REASON_BYTES + " bytes of UTF-8, was " + bytes);
        }
    }

    /**
     * A reason without a text.
     *
     * @param code the code
     * @return the reason
     */
    public static CloseReason of(int code) {
        return new CloseReason(code, "");
    }
}
