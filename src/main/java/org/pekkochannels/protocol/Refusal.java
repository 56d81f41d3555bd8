package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/**
 * No to an upgrade: an ordinary HTTP response; immutable.
 *
 * @param status the HTTP status, 300 to 599
 * @param headers the response's headers; without a Content-Type the body is plain text
 * @param body the response's body, may be empty
 * @param reason why, for the operator; it is counted, and not sent
 */
public record Refusal(int status, List<Header> headers, String body, Reason reason) implements Opening {
    /** 403, what a client hears when nothing else was said. */
    public static final Refusal FORBIDDEN = of(403, "Forbidden");

    /** Why a client is refused: a value of the tag {@code reason} of what is counted. */
    public enum Reason {
        /** The application said so: its consumer, or a middleware of its own. */
        APPLICATION,
        /** {@code channels.http.allowed-origins}, or {@code missing-origin}. */
        ORIGIN,
        /** No route of the application's matches. */
        NO_ROUTE,
        /** The application or its consumer has failed. */
        FAILURE,
        /** The consumer found no thread of the database's. */
        OVERLOAD,
        /** The application or its consumer has not decided within {@code channels.websocket.handshake-timeout}. */
        HANDSHAKE_TIMEOUT,
        /** The server stops. */
        DRAINING,
        /** {@code channels.http.max-websockets} are there. */
        MAX_WEBSOCKETS,
        /** {@code channels.http.max-connections} are there. */
        MAX_CONNECTIONS,
        /** No handshake of WebSocket, or not a proper one. */
        HANDSHAKE,
        /** A request that is malformed, or that could be read in two ways. */
        MALFORMED,
        /** A method, version or expectation that this server does not support. */
        UNSUPPORTED,
        /** A request whose head is over {@code channels.http.max-header-bytes}. */
        MAX_HEADER_BYTES,
        /** A request that has more header fields, or offers more subprotocols, than {@code channels.http.max-header-fields}. */
        MAX_HEADER_FIELDS,
        /** A request whose head has not come within {@code channels.http.header-timeout}. */
        HEADER_TIMEOUT,
        /** A request whose body has not come within {@code channels.http.body-timeout}. */
        BODY_TIMEOUT;

        /**
         * The reason as it stands in what is measured.
         *
         * @return for example {@code max-websockets}
         */
        public String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Checks the status.
     *
     * @param status the HTTP status
     * @param headers the response's headers
     * @param body the response's body
     * @param reason why
     */
    public Refusal {
        if (status < 300 || status > 599) {
            throw new IllegalArgumentException("status of a refusal must be 300 to 599, was " + status);
        }
        requireNonNull(body, "the body of a refusal must not be null; use an empty one");
        requireNonNull(reason, "the reason of a refusal must not be null; use Reason.APPLICATION");
        requireNonNull(headers, "the headers of a refusal must not be null; use List.of()")
                .forEach(header -> requireNonNull(header, "a header of a refusal must not be null; leave it out"));
        headers = List.copyOf(headers);
        headers.forEach(Refusal::requireAllowed);
        if (status == 304 && !body.isEmpty()) {
            throw new IllegalArgumentException("a refusal with status 304 has no body; use an empty one");
        }
    }

    private static void requireAllowed(Header header) {
        Header.requireSendable(header);
        if (header.is("Transfer-Encoding")) {
            throw new IllegalArgumentException(
                    "header 'Transfer-Encoding' of a refusal is the server's to send; leave it out");
        }
    }

    /**
     * A refusal of the application's.
     *
     * @param status the HTTP status, 300 to 599
     * @param headers the response's headers; without a Content-Type the body is plain text
     * @param body the response's body, may be empty
     */
    public Refusal(int status, List<Header> headers, String body) {
        this(status, headers, body, Reason.APPLICATION);
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

    /**
     * The same answer for another reason.
     *
     * @param why the reason
     * @return another refusal
     */
    public Refusal because(Reason why) {
        return new Refusal(status, headers, body, why);
    }
}
