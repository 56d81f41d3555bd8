package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;

/** Within {@code channels.consumer.warm-up} of the first connection, held turns are not warned of. */
class WarmUpTest extends ConsumerTestSystem {
    private static final long TEN_TIMES_THE_BOUND = TimeUnit.MILLISECONDS.toNanos(100);

    @Override
    String extraConfig() {
        return "channels.consumer { turn-warning = 10ms, warm-up = 10m }";
    }

    /** Holds its thread, as a class does that is loaded, for longer than is warned of. */
    private static final class Cold extends WebSocketConsumer {
        Cold(ConsumerContext context) {
            super(context);
            hold();
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            hold();
            return send(text);
        }

        private static void hold() {
            long until = System.nanoTime() + TEN_TIMES_THE_BOUND;
            while (System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void doesNotWarnOfTheFirstTurns() {
        try (RecordedLog log = new RecordedLog(ConsumerWatch.class.getName())) {
            Door door = Door.open(kit, Cold::new);
            door.tell("hello");

            assertThat(door.next()).isEqualTo("hello");
            assertThat(log.soFar("")).isEmpty();
            assertThat(ConsumerStats.get(kit.system()).heldTurns()).isZero();
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
    }
}
