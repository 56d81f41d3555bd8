package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/**
 * A client's text that is not a message of its consumer's type, and the reason. Immutable.
 *
 * <p>The log contains nothing of the text except member names and the message of a type that rejected a value, because the text may contain
 * a password.
 */
record UnfitMessage(Kind kind, Class<?> type, JsonProcessingException failure) {
    private static final SafeLog LOG = SafeLog.of(UnfitMessage.class);
    private static final int MOST_MEMBERS = 8;
    private static final int MOST_CHARACTERS = 200;

    /** The kind of mismatch. */
    enum Kind {
        /** It is not JSON. */
        SYNTAX,
        /** It is JSON of another shape: an unknown subtype, a missing member, a text for a number. */
        SHAPE,
        /** The type's constructor, setter or factory rejected a value. */
        VALUE;

        /** The name in metrics. */
        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static UnfitMessage of(Json json, String text, Class<?> type, JsonProcessingException failure) {
        return new UnfitMessage(kind(json, text, failure), type, failure);
    }

    private static Kind kind(Json json, String text, JsonProcessingException failure) {
        if (TypeFailure.refusal(failure).isPresent()) {
            return Kind.VALUE;
        }
        return json.isJson(text) ? Kind.SHAPE : Kind.SYNTAX;
    }

    /** The close reason, unless the consumer overrides the reaction. */
    CloseReason closing() {
        return kind == Kind.SYNTAX
                ? new CloseReason(CloseCode.INVALID_DATA, "malformed JSON")
                : new CloseReason(CloseCode.POLICY_VIOLATION, "invalid message");
    }

    /** The exception of the type's code, if it rejected a value. */
    Optional<IllegalArgumentException> refusal() {
        return TypeFailure.refusal(failure)
                .map(thrown -> thrown instanceof IllegalArgumentException refusal
                        ? refusal
                        : new IllegalArgumentException(thrown.getMessage(), thrown));
    }

    /** Counts it, and logs it at debug. */
    UnfitMessage report(Consumer consumer) {
        consumer.context().counts().unfit(kind);
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "{} on {} received a text that {}",
                    consumer.name(),
                    consumer.scope().printablePath(),
                    description());
        }
        return this;
    }

    private String description() {
        return switch (kind) {
            case SYNTAX -> "is not JSON, " + place();
            case SHAPE ->
                "does not fit " + type.getName() + " at " + member() + ", " + place() + ": "
                        + failure.getClass().getSimpleName() + bound();
            case VALUE ->
                type.getName() + " refused at " + member() + ": "
                        + TypeFailure.refusal(failure).map(UnfitMessage::words).orElse("");
        };
    }

    private static String words(RuntimeException refusal) {
        String message = refusal.getMessage();
        return refusal.getClass().getSimpleName() + ": " + (message == null ? "no message" : printable(message));
    }

    /** Which bound of ours the text exceeds; these messages contain nothing of the text. */
    private String bound() {
        return failure instanceof StreamConstraintsException ? ": " + printable(failure.getOriginalMessage()) : "";
    }

    private String place() {
        JsonLocation location = failure.getLocation();
        return location == null ? "as a whole" : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private String member() {
        String path = failure instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .limit(MOST_MEMBERS)
                        .map(UnfitMessage::step)
                        .collect(Collectors.joining())
                : "";
        return path.isEmpty() ? "its top" : printable(path);
    }

    private static String step(JsonMappingException.Reference reference) {
        return reference.getFieldName() == null ? "[" + reference.getIndex() + "]" : "." + reference.getFieldName();
    }

    private static String printable(String words) {
        String line = words.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "...";
    }
}
