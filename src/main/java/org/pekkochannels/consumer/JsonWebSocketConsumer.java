package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/**
 * An asynchronous consumer whose text messages are JSON of one type.
 *
 * <p>Members that the type does not know are ignored. All components of a record must be there, and not {@code null}, but those
 * of an {@code Optional} type or with an annotation {@code Nullable}. A value must be of its component's kind: {@code "5"} is not a
 * number, 1 is not a text, a boolean or an enum constant. A number must be finite: neither {@code "NaN"} nor {@code 1e400} is a
 * {@code double}. At most 200 levels may be nested. Binary messages close with 1003. Confined,
 * as its parent is.
 *
 * @param <T> what a message is decoded to: a record, any class that Jackson knows, or {@code JsonNode}
 */
public abstract class JsonWebSocketConsumer<T> extends WebSocketConsumer {
    private final Class<T> type;

    /**
     * Takes the context and the messages' class.
     *
     * @param context the context
     * @param type what a message is decoded to
     * @throws IllegalArgumentException if Jackson can make no value of the class, whatever a client sends: of an interface without
     *     {@code @JsonTypeInfo}, for example, or a class whose constructor has several parameters and no annotations
     */
    protected JsonWebSocketConsumer(ConsumerContext context, Class<T> type) {
        super(context);
        this.type = ReadableType.required(type);
    }

    /**
     * Called for each message.
     *
     * @param message the decoded message
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected abstract CompletionStage<?> receiveJson(T message) throws Exception;

    /**
     * Called for a text that is not JSON, and for JSON of another shape than the type's: an unknown subtype, a missing member, a
     * text for a number. Closes with 1007 where the text is not JSON and with 1008 where it is, or keeps the socket, as {@code
     * channels.consumer.malformed-json} says. It is counted, and logged at debug, before.
     *
     * @param text the text as it came; untrusted
     * @param failure what Jackson says about it
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> malformed(String text, JsonProcessingException failure) throws Exception {
        if (context().settings().malformedJson() == ConsumerSettings.MalformedJson.IGNORE) {
            return done();
        }
        CloseReason closing = UnfitMessage.of(text, type, failure).closing();
        return close(closing.code(), closing.reason());
    }

    /**
     * Called for JSON that the type refused: its constructor, a setter or a factory threw an {@link IllegalArgumentException} or a
     * {@link java.time.DateTimeException}; closes with 1008. It is counted, and logged at debug, before. Whatever else such code
     * throws fails the callback and closes with 1011. Of what a setter throws, Jackson passes on the last cause only.
     *
     * @param refusal what the type's code threw; a {@code DateTimeException} is its cause
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> invalid(IllegalArgumentException refusal) throws Exception {
        return close(CloseCode.POLICY_VIOLATION, "invalid message");
    }

    @Override
    protected final CompletionStage<?> receive(String text) throws Exception {
        T message;
        try {
            message = Json.decode(text, type);
        } catch (InvalidDefinitionException e) {
            // The type is at fault, not the client: Jackson can build no message of it.
            throw e;
        } catch (JsonProcessingException e) {
            Optional<IllegalArgumentException> refusal =
                    UnfitMessage.of(text, type, e).report(this).refusal();
            return refusal.isPresent()
                    ? returned(invalid(refusal.get()), "invalid(..)")
                    : returned(malformed(text, e), "malformed(..)");
        }
        return receiveJson(message);
    }

    private static CompletionStage<?> returned(CompletionStage<?> stage, String callback) {
        return requireNonNull(stage, () -> callback + " returned null; return send(..), close(..) or done()");
    }

    @Override
    final String textCallback() {
        return "receiveJson(..)";
    }
}
