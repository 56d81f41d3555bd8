package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.consumer.MessageTypes.MessageType;

/**
 * One consumer's handlers of messages that clients name. An array instead of a map, because it is kept for as long as the connection, and
 * searching a few names is as fast. Confined to the consumer.
 */
final class MessageHandlers {
    private static final String NO_MEMBER =
            "messageMember() returned null; return the name of a member, such as \"type\"";

    private Entry<?>[] entries = {};

    /** A message and its handler. */
    private record Entry<M>(MessageType message, Consumer.Handling<M> handling) {
        Call<M> decode(Consumer consumer, String text) throws Exception {
            return new Call<>(consumer.decode(text, message.type(), message.description()), handling);
        }
    }

    /** A decoded message that its handler has not received yet. */
    record Call<M>(M message, Consumer.Handling<M> handling) {
        CompletionStage<?> handle() throws Exception {
            return handling.handle(message);
        }
    }

    /** Adds a handler; returns false if the name has one. */
    <M> boolean add(MessageType message, Consumer.Handling<M> handling) {
        if (find(message.name()) != null) {
            return false;
        }
        Entry<?>[] more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = new Entry<>(message, handling);
        entries = more;
        return true;
    }

    /**
     * Decodes a text to the message that it names, and names the callback in progress after it.
     *
     * @param consumer the consumer of the handlers
     * @param text the client's text
     * @return the message and its handler
     * @throws UnfitMessage.Thrown if it is none of these messages; counted and logged
     */
    Call<?> decode(Consumer consumer, String text) throws Exception {
        String member = requireNonNull(consumer.messageMember(), NO_MEMBER);
        Entry<?> entry = find(name(consumer, text, member));
        if (entry == null) {
            throw UnfitMessage.unnamed(consumer.context().json(), text, member)
                    .report(consumer)
                    .thrown();
        }
        TurnExecutor turn = consumer.context().turn();
        turn.renameCallback(consumer.textCallback(), entry.message().callback());
        try {
            return entry.decode(consumer, text);
        } catch (UnfitMessage.Thrown unfit) {
            // The handler is not called.
            turn.renameCallback(entry.message().callback(), consumer.textCallback());
            throw unfit;
        }
    }

    private static @Nullable String name(Consumer consumer, String text, String member) {
        try {
            return consumer.context().json().member(text, member);
        } catch (JsonProcessingException e) {
            return null; // reading the whole text reports it
        }
    }

    private @Nullable Entry<?> find(@Nullable String name) {
        for (Entry<?> entry : entries) {
            if (entry.message().name().equals(name)) {
                return entry;
            }
        }
        return null;
    }
}
