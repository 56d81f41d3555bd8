package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pekkochannels.concurrent.Printable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * A client's text that is not a message of its consumer, and the reason. Immutable.
 *
 * <p>The log contains nothing of the text except member names and the message of a type that rejected a value, because the text may contain
 * a password.
 */
record UnfitMessage(Kind kind, String wanted, JsonProcessingException failure) {
    private static final SafeLog LOG = SafeLog.of(UnfitMessage.class);
    private static final int MOST_MEMBERS = 8;
    private static final int MOST_CHARACTERS = 200;
    // With the text before it less than the 123 bytes of a close reason.
    private static final Pattern SHORT_PATH = Pattern.compile("[ -~]{1,80}");

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

    /** Stops the reading of a text that was reported. */
    static final class Thrown extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient UnfitMessage message;

        private Thrown(UnfitMessage message) {
            super(message.wanted(), message.failure(), false, false);
            this.message = message;
        }

        UnfitMessage message() {
            return message;
        }
    }

    static UnfitMessage of(Json json, String text, String wanted, JsonProcessingException failure) {
        return new UnfitMessage(kind(json, text, failure), wanted, failure);
    }

    /** A text that names none of its consumer's messages, if it is JSON. */
    static UnfitMessage unnamed(Json json, String text, String member) {
        try {
            json.requireJson(text);
        } catch (JsonProcessingException e) {
            return of(json, text, "a message", e);
        }
        JsonMappingException unknown = MismatchedInputException.from(null, Object.class, "names no message");
        unknown.prependPath(Object.class, member);
        return new UnfitMessage(Kind.SHAPE, "the name of a message in onMessage(..)", unknown);
    }

    Thrown thrown() {
        return new Thrown(this);
    }

    private static Kind kind(Json json, String text, JsonProcessingException failure) {
        if (TypeFailure.refusal(failure).isPresent()) {
            return Kind.VALUE;
        }
        return json.isJson(text) ? Kind.SHAPE : Kind.SYNTAX;
    }

    /** The name of the callback that gets it. */
    String callback() {
        return isJson() ? "invalid(..)" : "malformed(..)";
    }

    boolean isJson() {
        return kind != Kind.SYNTAX;
    }

    /** Why JSON is not a message: the exception of the type's code if that rejected a value, otherwise a new one. */
    IllegalArgumentException refusal() {
        return TypeFailure.refusal(failure).map(UnfitMessage::argument).orElseGet(this::mismatch);
    }

    private static IllegalArgumentException argument(RuntimeException thrown) {
        return thrown instanceof IllegalArgumentException refusal
                ? refusal
                : new IllegalArgumentException(thrown.getMessage(), thrown);
    }

    /** Its message fits into a close frame, because applications close with it. The path may have names that the client chose. */
    private IllegalArgumentException mismatch() {
        String path = path();
        return new IllegalArgumentException(
                SHORT_PATH.matcher(path).matches() ? "invalid message at " + path : "invalid message", failure);
    }

    /** Counts it, and logs it at debug. */
    UnfitMessage report(Consumer consumer) {
        consumer.context().counts().unfit(kind);
        if (LOG.isDebugEnabled()) {
            consumer.context()
                    .scope()
                    .inLogContext(() -> LOG.debug(
                            "{} on {} received a text that {}",
                            consumer.name(),
                            consumer.context().scope().printablePath(),
                            description()));
        }
        return this;
    }

    private String description() {
        return switch (kind) {
            case SYNTAX -> "is not JSON, " + place();
            case SHAPE ->
                "does not fit " + wanted + " at " + member() + ", " + place() + ": "
                        + failure.getClass().getSimpleName() + bound();
            case VALUE ->
                wanted + " refused at " + member() + ": "
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
        String path = path();
        return path.isEmpty() ? "its top" : printable(path);
    }

    private String path() {
        return failure instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .limit(MOST_MEMBERS)
                        .map(UnfitMessage::step)
                        .collect(Collectors.joining())
                : "";
    }

    private static String step(JsonMappingException.Reference reference) {
        return reference.getFieldName() == null ? "[" + reference.getIndex() + "]" : "." + reference.getFieldName();
    }

    private static String printable(String words) {
        return Printable.line(words, MOST_CHARACTERS);
    }
}
