package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;
import org.pekkochannels.protocol.CloseCode;

/**
 * A blocking consumer whose text messages are JSON of one type.
 *
 * <p>Members that the type does not know are ignored. Binary messages close with 1003. Confined, as its parent is.
 *
 * @param <T> what a message is decoded to: a record, any class that Jackson knows, or {@code JsonNode}
 */
public abstract class SyncJsonWebSocketConsumer<T> extends SyncWebSocketConsumer {
    private final Class<T> type;

    /**
     * Takes the context and the messages' class.
     *
     * @param context the context
     * @param type what a message is decoded to
     */
    protected SyncJsonWebSocketConsumer(ConsumerContext context, Class<T> type) {
        super(context);
        this.type = type;
    }

    /**
     * Called for each message.
     *
     * @param message the decoded message
     * @throws Exception any failure; closes with 1011
     */
    protected abstract void receiveJson(T message) throws Exception;

    /**
     * Called for a text that is no JSON of the type; closes with 1007 or keeps the socket, as {@code
     * channels.consumer.malformed-json} says.
     *
     * @param text the text as it came; untrusted
     * @param failure what Jackson says about it
     * @throws Exception any failure; closes with 1011
     */
    protected void malformed(String text, JsonProcessingException failure) throws Exception {
        if (context().settings().malformedJson() == ConsumerSettings.MalformedJson.CLOSE) {
            close(CloseCode.INVALID_DATA, "malformed JSON");
        }
    }

    /**
     * Called for JSON that the type refused: its constructor threw an {@link IllegalArgumentException}; closes with 1008.
     *
     * @param refusal what the constructor said
     * @throws Exception any failure; closes with 1011
     */
    protected void invalid(IllegalArgumentException refusal) throws Exception {
        close(CloseCode.POLICY_VIOLATION, "invalid message");
    }

    @Override
    protected final void receive(String text) throws Exception {
        T message;
        try {
            message = Json.decode(text, type);
        } catch (JsonProcessingException e) {
            Optional<IllegalArgumentException> refusal = Json.refusal(e);
            if (refusal.isPresent()) {
                invalid(refusal.get());
            } else {
                malformed(text, e);
            }
            return;
        }
        receiveJson(message);
    }

    @Override
    final String textCallback() {
        return "receiveJson(..)";
    }
}
