package org.pekkochannels.testkit;

import java.util.List;
import java.util.Optional;
import org.pekkochannels.protocol.Header;

/**
 * A server's answer to a request of a test. Immutable.
 *
 * @param status the HTTP status
 * @param headers the response's headers
 * @param body the response's body as UTF-8; empty for a 101
 */
public record Response(int status, List<Header> headers, String body) {
    /**
     * Copies the headers.
     *
     * @param status the HTTP status
     * @param headers the response's headers
     * @param body the response's body
     */
    public Response {
        headers = List.copyOf(headers);
    }

    /**
     * The value of a header.
     *
     * @param name the name, in any case
     * @return the first value, or empty
     */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.is(name))
                .map(Header::value)
                .findFirst();
    }
}
