package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;

/** A turn that began within {@code channels.consumer.warm-up}, and is held still when that is over, is warned of. */
class WarmUpOverTest extends ConsumerTestSystem {
    private final AtomicBoolean released = new AtomicBoolean();

    @Override
    String extraConfig() {
        return "channels.consumer { turn-warning = 20ms, warm-up = 500ms }";
    }

    private final class Stuck extends WebSocketConsumer {
        Stuck(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            while (!released.get()) {
                Thread.onSpinWait();
            }
            return send(text);
        }
    }

    @Test
    void warnsOfATurnThatOutlastsTheTime() {
        try (RecordedLog log = new RecordedLog(ConsumerWatch.class.getName())) {
            Door door = Door.open(kit, Stuck::new);
            door.tell("hello");

            log.await("WarmUpOverTest$Stuck.receive(String) on /ws/test/ has occupied its thread for 20 ms");
            released.set(true);

            assertThat(door.next()).isEqualTo("hello");
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
    }
}
