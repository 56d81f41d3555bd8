package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.codec.Opcode;

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
        SessionBounds farAhead = new SessionBounds(1000, 4, 10_000, 200_000);
        Conversation roomy = Conversation.open(
                Conversation.settings(Conversation.TIMES, farAhead, SlowReader.CLOSE), Scope.of("/ws/"));

        roomy.receive(frames);
        roomy.wire.endTurn(true);

        assertThat(roomy.heard()).containsExactly("batch " + Collections.nCopies(32, "binary 0"), "binary 0");
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

    /** 500 bytes are the bound: two messages of 314 bytes each exceed it, the third waits as it came. */
    @Test
    void takesNoMoreOfOneReadThanTheReadAheadAndTheRestLater() {
        byte[] frame = ClientFrames.binary(new byte[250]);
        conversation.receive(frame);

        conversation.receive(frame, frame, frame, ClientFrames.ping("last"));
        assertThat(conversation.stats().messagesIn()).isEqualTo(3);
        assertThat(conversation.transport.calls()).containsExactly("reading false");
        assertThat(conversation.transport.sent()).isEmpty();

        conversation.wire.endTurn(true);
        assertThat(conversation.stats().messagesIn()).isEqualTo(4);
        assertThat(conversation.transport.calls()).containsExactly("reading true");
        assertThat(conversation.transport.sent()).containsExactly("pong last");

        conversation.wire.endTurn(true);
        assertThat(conversation.heard()).containsExactly("binary 250", "batch [binary 250, binary 250]", "binary 250");
    }

    @Test
    void stopsReadingBetweenTheReadsOfOnePass() {
        byte[] frame = ClientFrames.binary(new byte[250]);
        conversation.receive(frame);

        for (int i = 0; i < 4; i++) {
            byte[] window = frame.clone();
            conversation.session.bytes(window, 0, window.length);
        }
        assertThat(conversation.transport.calls()).containsExactly("reading false");
        conversation.session.readDone();
        assertThat(conversation.stats().messagesIn()).isEqualTo(3);

        conversation.wire.endTurn(true);
        assertThat(conversation.stats().messagesIn()).isEqualTo(5);
    }

    /** Twenty frames of some 20 bytes each, all of them in one read. */
    private static Conversation receivedCompressed() {
        Header offer = new Header("sec-websocket-extensions", "permessage-deflate");
        Conversation compressed =
                Conversation.open(Conversation.SETTINGS, Scope.of("/ws/").withHeaders(List.of(offer)));
        try (ClientDeflate client = new ClientDeflate()) {
            byte[] large = client.message(Opcode.BINARY, new byte[1000], 0);
            compressed.receive(Collections.nCopies(20, large).toArray(byte[][]::new));
        }
        return compressed;
    }

    @Test
    void boundsWhatCompressedMessagesBecome() {
        Conversation compressed = receivedCompressed();

        for (int received = 2; received <= 20; received++) {
            assertThat(compressed.stats().messagesIn()).isEqualTo(received);
            assertThat(compressed.heard()).containsExactly("binary 1000");
            compressed.wire.endTurn(true);
        }
        assertThat(compressed.heard()).containsExactly("binary 1000");
        assertThat(compressed.transport.calls()).containsExactly("reading false", "reading true");
    }

    @Test
    void boundsWhatCompressedMessagesBecomeWhenTheConnectionIsLost() {
        Conversation compressed = receivedCompressed();

        compressed.session.lost(null);

        assertThat(compressed.stats().messagesIn()).isBetween(3L, 8L);
        assertThat(compressed.stats().crossed(Limit.READ_AHEAD)).isEqualTo(2);
    }

    @Test
    void takesAMessageWhoseBeginningWaited() {
        byte[] frame = ClientFrames.text("0123456789".repeat(60));
        conversation.receive(frame);
        conversation.receive(ClientFrames.join(frame, Arrays.copyOf(frame, 5)));
        conversation.receive(Arrays.copyOfRange(frame, 5, frame.length));

        conversation.wire.endTurn(true);
        conversation.wire.endTurn(true);
        assertThat(conversation.heard()).hasSize(3).containsOnly("text " + "0123456789".repeat(60));
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
