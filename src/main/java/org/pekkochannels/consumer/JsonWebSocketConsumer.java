package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.CloseCode;

/**
 * An asynchronous consumer whose text messages are JSON of one type.
 *
 * <p>Members that the type does not know are ignored. Binary messages close with 1003. Confined, as its parent is.
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
     */
    protected JsonWebSocketConsumer(ConsumerContext context, Class<T> type) {
        super(context);
        this.type = type;
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
     * Called for a text that is no JSON of the type; closes with 1007 or keeps the socket, as {@code
     * channels.consumer.malformed-json} says.
     *
     * @param text the text as it came; untrusted
     * @param failure what Jackson says about it
     * @return a stage that the consumer waits for
     * @throws Exception any failure; closes with 1011
     */
    protected CompletionStage<?> malformed(String text, JsonProcessingException failure) throws Exception {
        return context().settings().malformedJson() == ConsumerSettings.MalformedJson.CLOSE
                ? close(CloseCode.INVALID_DATA, "malformed JSON")
                : done();
    }

    /**
     * Called for JSON that the type refused: its constructor threw an {@link IllegalArgumentException}; closes with 1008.
     *
     * @param refusal what the constructor said
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
        } catch (JsonProcessingException e) {
            Optional<IllegalArgumentException> refusal = Json.refusal(e);
            return refusal.isPresent() ? invalid(refusal.get()) : malformed(text, e);
        }
        return receiveJson(message);
    }

    @Override
    final String textCallback() {
        return "receiveJson(..)";
    }
}
