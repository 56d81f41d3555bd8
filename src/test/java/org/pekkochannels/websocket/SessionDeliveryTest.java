package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.Acceptance;

class SessionDeliveryTest {
    private final Conversation conversation = Conversation.open();

    @Test
    void deliversAMessageAtTheEndOfTheRead() {
        byte[] frame = ClientFrames.text("hello");

        conversation.session.bytes(frame, 0, frame.length);
        assertThat(conversation.heard()).isEmpty();

        conversation.session.readDone();
        assertThat(conversation.heard()).containsExactly("text hello");
    }

    @Test
    void deliversTheNextWhenTheCreditIsBack() {
        conversation.receive(ClientFrames.text("one"));
        conversation.receive(ClientFrames.text("two"), ClientFrames.binary((byte) 3));
        assertThat(conversation.heard()).containsExactly("text one");

        conversation.wire.endTurn(false);
        assertThat(conversation.heard()).isEmpty();

        conversation.wire.endTurn(true);
        assertThat(conversation.heard()).containsExactly("batch [text two, binary 1]");
    }

    @Test
    void deliversAtMost32MessagesAtOnce() {
        byte[][] frames =
                IntStream.range(0, 33).mapToObj(i -> ClientFrames.binary()).toArray(byte[][]::new);

        conversation.receive(frames);
        conversation.wire.endTurn(true);

        assertThat(conversation.heard()).containsExactly("batch " + Collections.nCopies(32, "binary 0"), "binary 0");
    }

    @Test
    void deliversNothingBeforeConnectHasBeenDealtWith() {
        Conversation slow = Conversation.asked();
        slow.wire.accept(Acceptance.PLAIN);
        slow.wire.endTurn(false);
        slow.session.opened(slow.transport);

        slow.receive(ClientFrames.text("hello"));
        assertThat(slow.heard()).isEmpty();

        slow.wire.endTurn(true);
        assertThat(slow.heard()).containsExactly("text hello");
    }

    @Test
    void writesATurnAtOnce() {
        int before = conversation.transport.flushes();

        conversation.wire.send("one");
        conversation.wire.send(new byte[] {'t', 'w', 'o'});
        assertThat(conversation.transport.sent()).isEmpty();
        conversation.wire.endTurn(false);

        assertThat(conversation.transport.sent()).containsExactly("text one", "binary two");
        assertThat(conversation.transport.flushes() - before).isEqualTo(1);
    }

    @Test
    void postsOneTaskForATurnOnAnotherThread() {
        conversation.transport.moveConsumerElsewhere();

        conversation.wire.send("one");
        conversation.wire.send("two");
        conversation.wire.endTurn(true);
        assertThat(conversation.transport.waitingTasks()).isEqualTo(1);
        assertThat(conversation.transport.sent()).isEmpty();

        conversation.transport.runTasks();
        assertThat(conversation.transport.sent()).containsExactly("text one", "text two");
    }

    @Test
    void postsNothingForAnEmptyTurn() {
        conversation.transport.moveConsumerElsewhere();

        conversation.wire.endTurn(false);

        assertThat(conversation.transport.waitingTasks()).isZero();
    }

    @Test
    void givesTheCreditBackFromAnotherThread() {
        conversation.receive(ClientFrames.text("one"));
        conversation.receive(ClientFrames.text("two"));
        conversation.transport.moveConsumerElsewhere();

        conversation.wire.endTurn(true);
        assertThat(conversation.heard()).containsExactly("text one");

        conversation.transport.runTasks();
        assertThat(conversation.heard()).containsExactly("text two");
    }

    @Test
    void stopsReadingBeyondTheReadAheadAndResumesBelowIt() {
        byte[] frame = ClientFrames.binary(new byte[250]);

        conversation.receive(frame, frame);
        assertThat(conversation.transport.calls()).isEmpty();
        conversation.receive(frame);
        conversation.receive(frame);
        assertThat(conversation.transport.calls()).containsExactly("reading false");

        conversation.wire.endTurn(true);
        assertThat(conversation.transport.calls()).containsExactly("reading true");
    }

    @Test
    void boundsAFloodOfEmptyMessages() {
        conversation.receive(ClientFrames.binary());

        for (int i = 0; i < 8; i++) {
            conversation.receive(ClientFrames.binary());
        }

        assertThat(conversation.transport.calls()).containsExactly("reading false");
    }

    @Test
    void answersPingsWhileAHandlerRuns() {
        conversation.receive(ClientFrames.text("slow"));

        conversation.receive(ClientFrames.ping("are you there"), ClientFrames.ping(""));

        assertThat(conversation.transport.sent()).containsExactly("pong are you there", "pong");
    }

    @Test
    void ignoresPongs() {
        conversation.receive(ClientFrames.fragment(true, Opcode.PONG, "unasked"), ClientFrames.text("a"));

        assertThat(conversation.heard()).containsExactly("text a");
        assertThat(conversation.transport.sent()).isEmpty();
    }
}
