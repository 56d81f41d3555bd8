package org.pekkochannels.layer;

import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;

/** A payload that Jackson cannot write as JSON, so that no layer could carry it; the cause has the details. Immutable. */
public final class UnencodablePayloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnencodablePayloadException(String type, Object payload, Throwable cause) {
        super(
                "payload of event '" + type + "' must be what Jackson can write as JSON, such as a record of texts and"
                        + " numbers, was a " + payload.getClass().getName() + cure(cause),
                cause);
    }

    /** For example which Jackson module is missing; contains no value. */
    private static String cure(Throwable cause) {
        return cause instanceof InvalidDefinitionException definition ? ": " + definition.getOriginalMessage() : "";
    }
}
