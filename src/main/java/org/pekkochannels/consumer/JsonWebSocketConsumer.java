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
 * <p>Unknown members are ignored. All components of a record must be present and not {@code null}, except those of an {@code Optional} type
 * or with an annotation {@code Nullable}. A value must be of its component's kind: {@code "5"} is not a number, and 1 is not a text, a
 * boolean or an enum constant. A number must be finite: neither {@code "NaN"} nor {@code 1e400} is a {@code double}. At most 200 levels may
 * be nested. Binary messages close with 1003. Confined, like its parent class.
 *
 * @param <T> the type of a message: a record, any class that Jackson can read, or {@code JsonNode}
 */
public abstract class JsonWebSocketConsumer<T> extends WebSocketConsumer {
    private final Class<T> type;

    /**
     * Takes the context and the class of the messages.
     *
     * @param context the context
     * @param type the class of the messages
     * @throws IllegalArgumentException if Jackson cannot create a value of the class from any text: for example an interface without
     *     {@code @JsonTypeInfo}, or a class whose constructor has several parameters and no annotations
     */
    protected JsonWebSocketConsumer(ConsumerContext context, Class<T> type) {
        super(context);
        this.type = context.json().requireReadable(type);
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
     * Called for a text that is not JSON, and for JSON of another shape: an unknown subtype, a missing member, a text for a number. By
     * default, as {@code channels.consumer.malformed-json} sets, either keeps the connection or closes it with 1007 for a text that is not
     * JSON and with 1008 otherwise. The text is counted, and logged at debug, before the call.
     *
     * @param text the original text; untrusted
     * @param failure Jackson's description of the problem
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> malformed(String text, JsonProcessingException failure) throws Exception {
        if (context().settings().malformedJson() == ConsumerSettings.MalformedJson.IGNORE) {
            return done();
        }
        CloseReason closing =
                UnfitMessage.of(context().json(), text, type, failure).closing();
        return close(closing.code(), closing.reason());
    }

    /**
     * Called for JSON that the type rejected: its constructor, a setter or a factory threw an {@link IllegalArgumentException} or a
     * {@link java.time.DateTimeException}. By default closes with 1008. The text is counted, and logged at debug, before the call. Any
     * other exception of such code fails the callback and closes with 1011. If a setter throws, Jackson passes on the last cause only.
     *
     * @param refusal the exception of the type's code; a {@code DateTimeException} is its cause
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
            message = context().json().decode(text, type);
        } catch (InvalidDefinitionException e) {
            // The type is at fault, not the client: Jackson cannot create a value of it.
            throw e;
        } catch (JsonProcessingException e) {
            Optional<IllegalArgumentException> refusal = UnfitMessage.of(
                            context().json(), text, type, e)
                    .report(this)
                    .refusal();
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
