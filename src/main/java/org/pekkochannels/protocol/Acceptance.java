package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * Accepts an upgrade: what the 101 response contains beside the handshake's headers. Immutable.
 *
 * @param subprotocol one of the subprotocols that the client offered, or empty
 * @param headers further headers of the response
 */
public record Acceptance(Optional<String> subprotocol, List<Header> headers) {
    /** No subprotocol and no further headers. */
    public static final Acceptance PLAIN = new Acceptance(Optional.empty(), List.of());

    /**
     * Copies the headers.
     *
     * @param subprotocol the chosen subprotocol
     * @param headers further headers
     */
    public Acceptance {
        requireNonNull(subprotocol, "the subprotocol of an acceptance must not be null; use Optional.empty()");
        requireNonNull(headers, "the headers of an acceptance must not be null; use List.of()")
                .forEach(header -> requireNonNull(header, "a header of an acceptance must not be null; leave it out"));
        headers = List.copyOf(headers);
        headers.forEach(Header::requireSendable);
    }
}
