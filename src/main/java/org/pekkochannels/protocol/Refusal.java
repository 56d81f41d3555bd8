package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/**
 * Refuses an upgrade with an ordinary HTTP response. Immutable.
 *
 * @param status the HTTP status, 300 to 599
 * @param headers the response's headers; without a Content-Type the body is plain text
 * @param body the response's body, may be empty
 * @param reason why, for the operator; counted but not sent
 */
public record Refusal(int status, List<Header> headers, String body, Reason reason) implements Opening {
    /** 403, the default answer of a refusal. */
    public static final Refusal FORBIDDEN = of(403, "Forbidden");

    /** Why a client is refused. The value of the tag {@code reason} of the metrics. */
    public enum Reason {
        /** The application refused: its consumer or a custom middleware. */
        APPLICATION,
        /** {@code channels.http.allowed-origins} or {@code channels.http.missing-origin} rejected the origin. */
        ORIGIN,
        /** No route of the application matches. */
        NO_ROUTE,
        /** The application or its consumer failed. */
        FAILURE,
        /** A consumer or a middleware found no free database thread, or the database is unreachable. */
        OVERLOAD,
        /** The application or its consumer did not decide within {@code channels.websocket.handshake-timeout}. */
        HANDSHAKE_TIMEOUT,
        /** The server is shutting down. */
        DRAINING,
        /** {@code channels.http.max-websockets} connections are open. */
        MAX_WEBSOCKETS,
        /** {@code channels.http.max-connections} connections are open. */
        MAX_CONNECTIONS,
        /** The request is not a valid WebSocket handshake. */
        HANDSHAKE,
        /** The request is malformed or ambiguous. */
        MALFORMED,
        /** The server does not support the request's method, version or expectation. */
        UNSUPPORTED,
        /** The request's head exceeds {@code channels.http.max-header-bytes}. */
        MAX_HEADER_BYTES,
        /** The request has more header fields, or offers more subprotocols, than {@code channels.http.max-header-fields}. */
        MAX_HEADER_FIELDS,
        /** The request's head did not arrive within {@code channels.http.header-timeout}. */
        HEADER_TIMEOUT,
        /** The request's body did not arrive within {@code channels.http.body-timeout}. */
        BODY_TIMEOUT;

        /**
         * The value of the tag {@code reason} in metrics.
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
                    "header 'Transfer-Encoding' of a refusal is set by the server; leave it out");
        }
    }

    /**
     * A refusal by the application.
     *
     * @param status the HTTP status, 300 to 599
     * @param headers the response's headers; without a Content-Type the body is plain text
     * @param body the response's body, may be empty
     */
    public Refusal(int status, List<Header> headers, String body) {
        this(status, headers, body, Reason.APPLICATION);
    }

    /**
     * A refusal with a plain-text body and no headers.
     *
     * @param status the HTTP status
     * @param body the body
     * @return the refusal
     */
    public static Refusal of(int status, String body) {
        return new Refusal(status, List.of(), body);
    }

    /**
     * The same response with another reason.
     *
     * @param why the reason
     * @return another refusal
     */
    public Refusal because(Reason why) {
        return new Refusal(status, headers, body, why);
    }
}
