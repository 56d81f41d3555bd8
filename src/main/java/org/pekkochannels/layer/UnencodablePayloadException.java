package org.pekkochannels.layer;

/** A payload that Jackson cannot write as JSON, so that no layer could carry it; the cause has the details. Immutable. */
public final class UnencodablePayloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnencodablePayloadException(String type, Object payload, Throwable cause) {
        super(
                "payload of event '" + type + "' must be what Jackson can write as JSON, such as a record of texts and"
                        + " numbers, was a " + payload.getClass().getName(),
                cause);
    }
}
