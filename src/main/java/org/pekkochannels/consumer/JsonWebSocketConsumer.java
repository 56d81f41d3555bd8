package org.pekkochannels.consumer;

import java.util.concurrent.CompletionStage;

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

    @Override
    protected final CompletionStage<?> receive(String text) throws Exception {
        T message;
        try {
            message = decode(text, type);
        } catch (UnfitMessage.Thrown e) {
            return unfit(text, e.message());
        }
        return receiveJson(message);
    }

    @Override
    final void requireNames() {
        throw new IllegalStateException(name() + " reads all messages as " + type.getName()
                + "; to register messages by name, extend WebSocketConsumer");
    }

    @Override
    final String textCallback() {
        return "receiveJson(..)";
    }
}
