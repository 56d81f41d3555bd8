package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionOutputTest {
    private static final String CHUNK = "x".repeat(40_000);

    private final Conversation conversation = Conversation.open();

    @Test
    void keepsTheOrderThroughAStall() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, "third", "fourth");
        int writtenWhileStalled = conversation.transport.writtenBytes();

        conversation.transport.drain();

        assertThat(writtenWhileStalled).isEqualTo(2 * (CHUNK.length() + 4));
        assertThat(conversation.transport.sent())
                .containsExactly("text " + CHUNK, "text " + CHUNK, "text third", "text fourth");
    }

    @Test
    void goesOnWhenAFlushDrainsAtOnce() {
        conversation.wire.send(CHUNK + CHUNK);
        conversation.wire.endTurn(false);
        conversation.send(CHUNK, "last");
        conversation.close(1000, "");

        assertThat(conversation.transport.sent())
                .containsExactly("text " + CHUNK + CHUNK, "text " + CHUNK, "text last", "close 1000");
    }

    @Test
    void tellsWhenAllButALittleHasLeft() {
        List<String> told = new ArrayList<>();
        conversation.transport.stall();
        conversation.wire.send(CHUNK);
        conversation.wire.onDrained(() -> told.add("first"));
        conversation.wire.onDrained(() -> told.add("second"));
        conversation.wire.endTurn(false);
        conversation.send(CHUNK, CHUNK);
        assertThat(told).isEmpty();

        conversation.transport.drain();

        assertThat(told).containsExactly("first", "second");
        assertThat(conversation.transport.unsent()).isLessThanOrEqualTo(Transport.LOW_WATER);
    }

    @Test
    void tellsAnyNumberThatOneTurnAskedFor() {
        AtomicInteger told = new AtomicInteger();
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        for (int asked = 0; asked < 100_000; asked++) {
            conversation.wire.onDrained(told::incrementAndGet);
        }
        conversation.wire.endTurn(false);

        conversation.transport.drain();

        assertThat(told).hasValue(100_000);
    }

    @Test
    void tellsAtTheEndOfTheTurnWhereNothingWaits() {
        List<String> told = new ArrayList<>();

        conversation.wire.send("little");
        conversation.wire.onDrained(() -> told.add("drained"));
        assertThat(told).isEmpty();
        conversation.wire.endTurn(false);

        assertThat(told).containsExactly("drained");
    }

    @Test
    void doesNotTellOfAConnectionThatIsLost() {
        List<String> told = new ArrayList<>();
        conversation.transport.stall();
        conversation.wire.send(CHUNK);
        conversation.wire.onDrained(() -> told.add("drained"));
        conversation.wire.endTurn(false);

        conversation.session.lost(null);
        conversation.transport.drain();

        assertThat(told).isEmpty();
    }

    @Test
    void closesAfterWhatIsQueued() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, "queued");
        conversation.receive(ClientFrames.close(1000, ""));
        assertThat(conversation.transport.calls()).isEmpty();

        conversation.transport.drain();

        assertThat(conversation.transport.sent()).endsWith("text queued", "close 1000");
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");
    }

    @Test
    void endsWith1013WhenThePeerDoesNotRead() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, CHUNK, CHUNK);
        assertThat(conversation.heard()).isEmpty();

        conversation.send(CHUNK, "in vain");

        assertThat(conversation.heard()).containsExactly("closed 1013 too much unread");
        assertThat(conversation.session.dropped()).isEqualTo(4);
    }

    @Test
    void abortsAPeerThatNeverReads() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, CHUNK, CHUNK, CHUNK);
        conversation.passCloseTimeout();

        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput", "abort");
    }

    @Test
    void letsAPeerThatReadsAgainHear1013() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, CHUNK, CHUNK, CHUNK);

        conversation.transport.drain();

        assertThat(conversation.transport.sent())
                .containsExactly("text " + CHUNK, "text " + CHUNK, "close 1013 too much unread");
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");
    }

    @Test
    void countsWhatWasQueuedWhenTheConnectionIsLost() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, "queued");

        conversation.session.lost(null);

        assertThat(conversation.session.dropped()).isEqualTo(1);
    }

    @Test
    void answersOnlyTheLastPingOfAPeerThatDoesNotRead() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK, "queued");
        for (int i = 0; i < 1000; i++) {
            conversation.receive(ClientFrames.ping("ping " + i));
        }

        conversation.transport.drain();

        assertThat(conversation.transport.sent())
                .containsExactly("text " + CHUNK, "text " + CHUNK, "pong ping 999", "text queued");
    }

    @Test
    void answersAPingBeforeItsCloseFrameAndNeverAfter() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        conversation.receive(ClientFrames.ping("late"));
        conversation.close(4001, "bye");

        conversation.transport.drain();

        assertThat(conversation.transport.sent())
                .containsExactly("text " + CHUNK, "text " + CHUNK, "pong late", "close 4001 bye");
    }

    @Test
    void boundsTheAnswersToAFloodOfPings() {
        conversation.transport.stall();

        for (int i = 0; i < 10_000; i++) {
            conversation.receive(ClientFrames.ping("a flood"));
        }

        assertThat(conversation.transport.writtenBytes()).isLessThan(2 * Transport.LOW_WATER + 128);
    }

    @Test
    void boundsTheTasksThatAreAskedForAndPending() {
        conversation.transport.stall();
        conversation.send(CHUNK, CHUNK);
        askForMost();
        assertThatIllegalStateException()
                .isThrownBy(() -> conversation.wire.onDrained(() -> {}))
                .withMessageContaining("1000000 pending tasks, the maximum");
        conversation.wire.endTurn(false);

        conversation.transport.drain();

        assertThatNoException().isThrownBy(this::askForMost);
    }

    private void askForMost() {
        for (int i = 0; i < 1_000_000; i++) {
            conversation.wire.onDrained(() -> {});
        }
    }
}
