package org.pekkochannels.layer;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.util.stream.Collectors;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.Printable;

/** A payload that Jackson cannot read as the requested class; the cause has the details. Immutable. */
public final class UndecodablePayloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_MEMBERS = 8;
    private static final int MOST_CHARACTERS = 200;

    UndecodablePayloadException(Event event, String wanted, Throwable cause) {
        super(
                "payload of event '" + event.type() + "' (" + Counted.of(event.size(), "byte") + ") is not a " + wanted
                        + place(cause) + cure(cause),
                cause);
    }

    private static String cure(Throwable cause) {
        return cause instanceof InvalidDefinitionException definition
                ? ": " + definition.getOriginalMessage()
                : "; sender and receiver must agree on its class";
    }

    /** The names of the members that lead to the mismatch; never a value. */
    private static String place(Throwable cause) {
        String path = cause instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .limit(MOST_MEMBERS)
                        .map(UndecodablePayloadException::step)
                        .collect(Collectors.joining())
                : "";
        return path.isEmpty() ? "" : " at " + Printable.line(path, MOST_CHARACTERS);
    }

    private static String step(JsonMappingException.Reference reference) {
        return reference.getFieldName() == null ? "[" + reference.getIndex() + "]" : "." + reference.getFieldName();
    }
}
