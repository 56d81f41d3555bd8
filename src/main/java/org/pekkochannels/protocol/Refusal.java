package org.pekkochannels.protocol;

import java.util.List;

/**
 * No to an upgrade: an ordinary HTTP response; immutable.
 *
 * @param status the HTTP status, 300 to 599
 * @param headers the response's headers; without a Content-Type the body is plain text
 * @param body the response's body, may be empty
 */
public record Refusal(int status, List<Header> headers, String body) implements Opening {
    /** 403, what a client hears when nothing else was said. */
    public static final Refusal FORBIDDEN = of(403, "Forbidden");

    /**
     * Checks the status.
     *
     * @param status the HTTP status
     * @param headers the response's headers
     * @param body the response's body
     */
    public Refusal {
        if (status < 300 || status > 599) {
            throw new IllegalArgumentException("status of a refusal must be 300 to 599, was " + status);
        }
        headers = List.copyOf(headers);
    }

    /**
     * A refusal with words only.
     *
     * @param status the HTTP status, 300 to 599
     * @param body the words
     * @return the refusal
     */
    public static Refusal of(int status, String body) {
        return new Refusal(status, List.of(), body);
    }
}
