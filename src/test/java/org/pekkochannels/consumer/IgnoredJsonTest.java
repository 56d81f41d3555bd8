package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;

/** What {@code channels.consumer.malformed-json = ignore} makes of a text that is no JSON of the type. */
class IgnoredJsonTest extends ConsumerTestSystem {

    private record Message(String message) {}

    @Override
    String extraConfig() {
        return "channels.consumer.malformed-json = ignore";
    }

    @Test
    void handlesTheNextMessage() {
        ignores(context -> new JsonWebSocketConsumer<Message>(context, Message.class) {
            @Override
            protected CompletionStage<?> receiveJson(Message message) {
                return sendJson(message);
            }
        });
    }

    @Test
    void handlesTheNextMessageInTheBlockingVariant() {
        ignores(context -> new SyncJsonWebSocketConsumer<Message>(context, Message.class) {
            @Override
            protected void receiveJson(Message message) throws Exception {
                sendJson(message);
            }
        });
    }

    record Share(int people) {
        Share {
            int unused = 100 / people;
        }
    }

    @Test
    void closesWith1011WhereTheTypeFails() {
        Door door = Door.open(kit, context -> new JsonWebSocketConsumer<Share>(context, Share.class) {
            @Override
            protected CompletionStage<?> receiveJson(Share share) {
                return sendJson(share);
            }
        });

        door.tell("{\"people\": 0}");

        assertThat(door.next()).isEqualTo(CloseReason.of(1011));
        door.awaitStop();
    }

    private void ignores(Function<ConsumerContext, Consumer> factory) {
        Door door = Door.open(kit, factory);

        door.tell("{").tell("null").tell("{\"message\": {}}", "{\"message\": \"a\"}", "nonsense");
        door.tell("{\"message\": \"b\"}");

        assertThat(door.next(2)).containsExactly("{\"message\":\"a\"}", "{\"message\":\"b\"}");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        assertThat(door.saidSoFar()).isEmpty();
    }
}
