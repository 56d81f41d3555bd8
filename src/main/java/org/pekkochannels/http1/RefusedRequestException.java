package org.pekkochannels.http1;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Refusal;

/** A request that is refused, with the response. The connection ends after it. Has no stack trace. */
public final class RefusedRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /** The protocol that was used instead of HTTP. */
    private final @Nullable ForeignProtocol spoken;

    private RefusedRequestException(Refusal refusal) {
        this(refusal, null);
    }

    private RefusedRequestException(Refusal refusal, @Nullable ForeignProtocol spoken) {
        super(refusal.status() + " " + refusal.body(), null, false, false);
        this.refusal = refusal;
        this.spoken = spoken;
    }

    /**
     * A refused request with this response.
     *
     * @param refusal the response
     * @return the exception
     */
    public static RefusedRequestException of(Refusal refusal) {
        return new RefusedRequestException(refusal);
    }

    /** 400: the request is malformed or ambiguous. */
    static RefusedRequestException malformed(String why) {
        return new RefusedRequestException(
                Refusal.of(400, why + ": malformed request").because(Refusal.Reason.MALFORMED));
    }

    /** 400: the bytes are not HTTP. */
    static RefusedRequestException foreign(ForeignProtocol protocol) {
        Refusal refusal = Refusal.of(400, "this port accepts plain HTTP, not " + protocol + ": malformed request")
                .because(Refusal.Reason.MALFORMED);
        return new RefusedRequestException(refusal, protocol);
    }

    /** 417, 501 or 505: the server does not support what the request requires. */
    static RefusedRequestException unsupported(int status, String why) {
        return new RefusedRequestException(Refusal.of(status, why).because(Refusal.Reason.UNSUPPORTED));
    }

    /** 431: a section of header fields is larger than {@code channels.http.max-header-bytes}. */
    static RefusedRequestException tooLarge(int most) {
        return new RefusedRequestException(Refusal.of(431, "request head must be at most " + most + " bytes")
                .because(Refusal.Reason.MAX_HEADER_BYTES));
    }

    /** 431: a request has more header fields than {@code channels.http.max-header-fields}. */
    static RefusedRequestException tooManyFields(int most) {
        return new RefusedRequestException(Refusal.of(431, "request head must have at most " + most + " header fields")
                .because(Refusal.Reason.MAX_HEADER_FIELDS));
    }

    /**
     * The protocol that was used instead of HTTP.
     *
     * @return the protocol; empty if it was HTTP, or is unknown
     */
    public Optional<ForeignProtocol> spoken() {
        return Optional.ofNullable(spoken);
    }

    /**
     * The response.
     *
     * @return status and reason
     */
    public Refusal refusal() {
        return refusal;
    }
}
