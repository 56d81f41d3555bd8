package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;

/** Seeded random conversations: whatever happens, nothing is thrown, and the consumer hears one end, as the last. */
class SessionFuzzTest {
    private final Random random = new Random(1006);

    @Test
    void tellsOneEndInAnyConversation() {
        for (int round = 0; round < 2_000; round++) {
            Conversation conversation = Conversation.open();
            if (random.nextBoolean()) {
                conversation.transport.moveConsumerElsewhere();
            }
            for (int step = 0; step < 30; step++) {
                step(conversation);
            }
            conversation.transport.runTasks();
            conversation.session.lost(null);
            conversation.transport.runTasks();

            List<String> heard = conversation.heard();
            assertThat(heard.stream().filter(event -> event.startsWith("closed")))
                    .hasSize(1);
            assertThat(heard.get(heard.size() - 1)).startsWith("closed");
        }
    }

    private void step(Conversation conversation) {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> conversation.receive(ClientFrames.text("a"), ClientFrames.ping("b"));
            case 3 -> conversation.receive(ClientFrames.fragment(random.nextBoolean(), random.nextInt(3), "c"));
            case 4, 5 -> conversation.wire.endTurn(true);
            case 6, 7 -> conversation.send("d".repeat(random.nextInt(50_000)));
            case 8 -> conversation.transport.runTasks();
            case 9 -> conversation.transport.stall();
            case 10 -> conversation.transport.drain();
            case 11 -> conversation.pass(java.time.Duration.ofSeconds(random.nextInt(12)));
            default -> rareStep(conversation);
        }
    }

    private void rareStep(Conversation conversation) {
        switch (random.nextInt(12)) {
            case 0 -> conversation.receive(ClientFrames.close(1000, ""));
            case 1 -> conversation.close(4000, "");
            case 2 -> conversation.session.goAway(CloseReason.of(1001));
            case 3 -> conversation.session.lost(new IllegalStateException("reset"));
            case 4 -> conversation.passCloseTimeout();
            case 5 -> conversation.receive(new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(256)});
            default -> conversation.receive(ClientFrames.binary(new byte[random.nextInt(600)]));
        }
    }
}
