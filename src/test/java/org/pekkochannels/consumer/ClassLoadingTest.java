package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;

/** A turn is not warned of while the JVM loads a class in it, which happens once. */
class ClassLoadingTest extends ConsumerTestSystem {
    private static final AtomicInteger LOADED = new AtomicInteger();

    @Override
    String extraConfig() {
        return "channels.consumer { turn-warning = 20ms, warm-up = 0s }";
    }

    /** Takes long to load, like a library with many classes. */
    private static final class Slow {
        private static final int NUMBER = load();

        private static int load() {
            spin(300);
            return LOADED.incrementAndGet();
        }
    }

    private static void spin(int millis) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < millis * 1_000_000L) {
            Thread.onSpinWait();
        }
    }

    @Test
    void warnsOfALongTurnButNotOfOneThatLoadsAClass() {
        try (RecordedLog log = new RecordedLog(ConsumerWatch.class.getName())) {
            Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    if (text.equals("load")) {
                        return send("loaded " + Slow.NUMBER);
                    }
                    spin(300);
                    return send(text);
                }
            });

            door.tell("load");
            assertThat(door.next()).isEqualTo("loaded 1");
            assertThat(log.soFar("has occupied")).isEmpty();
            door.tell("spin");
            assertThat(door.next()).isEqualTo("spin");

            log.await("receive(String) on /ws/test/ has occupied its thread");
            assertThat(ConsumerRuntime.get(kit.system()).watch().stats().heldTurns())
                    .isEqualTo(1);
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
    }
}
