package org.pekkochannels.http1;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Refusal;

/** A request that is not served, with the answer that says why; the connection ends after it. It has no stack trace. */
public final class RefusedRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /** What was spoken instead of HTTP. */
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
     * A request that is answered so.
     *
     * @param refusal the answer
     * @return the exception
     */
    public static RefusedRequestException of(Refusal refusal) {
        return new RefusedRequestException(refusal);
    }

    /** 400: the request is malformed, or can be read in two ways. */
    static RefusedRequestException malformed(String why) {
        return new RefusedRequestException(
                Refusal.of(400, why + ": malformed request").because(Refusal.Reason.MALFORMED));
    }

    /** 400: the bytes are not of HTTP. */
    static RefusedRequestException foreign(ForeignProtocol protocol) {
        Refusal refusal = Refusal.of(400, "this port speaks plain HTTP, not " + protocol + ": malformed request")
                .because(Refusal.Reason.MALFORMED);
        return new RefusedRequestException(refusal, protocol);
    }

    /** 417, 501 or 505: the request asks for something that this server does not do. */
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
     * The other protocol that was spoken.
     *
     * @return the protocol; nothing if it was HTTP, or is not known
     */
    public Optional<ForeignProtocol> spoken() {
        return Optional.ofNullable(spoken);
    }

    /**
     * The answer.
     *
     * @return status and reason
     */
    public Refusal refusal() {
        return refusal;
    }
}
