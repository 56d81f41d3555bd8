package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;

/** {@code channels.consumer.warm-up}: the first turns of a cold JVM are not warned of. */
class WarmUpTest extends ConsumerTestSystem {
    private final RecordedLog log = new RecordedLog("org.pekkochannels.consumer.ConsumerWatch");

    @AfterEach
    void stopRecording() {
        log.close();
    }

    @Override
    String extraConfig() {
        return """
                channels.consumer { turn-warning = 20ms, warm-up = 2s }
                """;
    }

    /** Holds its thread for as long as it is told to. */
    private static final class Slow extends WebSocketConsumer {
        Slow(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            hold(text.equals("short") ? 200 : 2200);
            return send(text);
        }

        // As a class does that is loaded: no wait, which would end at once where something else has to happen.
        private static void hold(long millis) {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void doesNotWarnOfTheFirstTurnsButOfOneThatOutlastsTheTime() {
        Door door = Door.open(kit, Slow::new);

        door.tell("short");
        assertThat(door.next()).isEqualTo("short");
        assertThat(log.soFar("")).isEmpty();
        assertThat(ConsumerStats.get(kit.system()).heldTurns()).isZero();
        door.tell("long");

        assertThat(log.await("has held its thread for 20 ms")).startsWith("WarmUpTest$Slow.receive(String)");
        assertThat(door.next()).isEqualTo("long");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
