package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

class SessionCloseTest {
    private final Conversation conversation = Conversation.open();

    @Test
    void echoesThePeersCodeAndEnds() {
        conversation.receive(ClientFrames.close(4001, "bye é"));

        assertThat(conversation.transport.sent()).containsExactly("close 4001");
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");
        assertThat(conversation.heard()).containsExactly("closed 4001 bye é");
    }

    @Test
    void takesACloseFrameWithoutCodeFor1005() {
        conversation.receive(ClientFrames.close());

        assertThat(conversation.transport.sent()).containsExactly("close");
        assertThat(conversation.heard()).containsExactly("closed 1005");
    }

    @Test
    void takesAnEndWithoutCloseFrameFor1006() {
        conversation.session.lost(null);

        assertThat(conversation.heard()).containsExactly("closed 1006");
    }

    @Test
    void tellsAFailedConnectionOnce() {
        conversation.session.lost(new IOException("reset"));
        conversation.session.lost(null);

        assertThat(conversation.heard()).containsExactly("closed 1006 connection failed");
    }

    @Test
    void handsOverWhatWasReceivedBeforeThePeerLeft() {
        conversation.receive(ClientFrames.text("one"));
        conversation.receive(ClientFrames.text("two"), ClientFrames.text("three"), ClientFrames.close(1000, ""));

        assertThat(conversation.heard()).containsExactly("text one", "closed 1000 [text two, text three]");
    }

    @Test
    void handsOverWhatWasReceivedBeforeTheConnectionWasLost() {
        byte[] frame = ClientFrames.text("last words");
        conversation.session.bytes(frame, 0, frame.length);

        conversation.session.lost(null);

        assertThat(conversation.heard()).containsExactly("closed 1006 [text last words]");
    }

    /** The consumer is busy; 600 bytes are more than may wait, so that what follows in the same read is not parsed yet. */
    private void receiveMoreThanMayWait(byte[]... more) {
        conversation.receive(ClientFrames.text("busy"));
        conversation.receive(ClientFrames.binary(new byte[600]), ClientFrames.join(more));
        conversation.transport.calls();
    }

    @Test
    void handsOverWhatWasNotParsedWhenTheConnectionIsLost() {
        receiveMoreThanMayWait(ClientFrames.text("last"), ClientFrames.text("words"));

        conversation.session.lost(new IOException("reset"));

        assertThat(conversation.heard())
                .containsExactly("text busy", "closed 1006 connection failed [binary 600, text last, text words]");
    }

    @Test
    void tellsTheCodeOfAnUnparsedCloseFrameOfALostConnection() {
        receiveMoreThanMayWait(ClientFrames.text("last"), ClientFrames.close(4001, "bye"));

        conversation.session.lost(null);

        assertThat(conversation.heard()).containsExactly("text busy", "closed 4001 bye [binary 600, text last]");
    }

    @Test
    void handsOverAllEmptyMessagesThatWereNotParsed() {
        receiveMoreThanMayWait(Collections.nCopies(100, ClientFrames.binary()).toArray(byte[][]::new));

        conversation.session.lost(null);

        assertThat(conversation.heard().get(1)).contains("binary 600" + ", binary 0".repeat(100) + "]");
        assertThat(conversation.stats().crossed(Limit.READ_AHEAD)).isEqualTo(1);
    }

    @Test
    void handsOverAndSeesTheCloseFrameThatWasNotParsedWhenItGoesAway() {
        receiveMoreThanMayWait(ClientFrames.text("last"), ClientFrames.close(4001, ""));

        conversation.session.goAway(CloseReason.of(1012));
        conversation.wire.endTurn(true);

        assertThat(conversation.heard()).containsExactly("text busy", "closed 4001 [binary 600, text last]");
        assertThat(conversation.transport.sent()).containsExactly("close 4001");
    }

    @Test
    void seesThePeersCloseFrameThatWasNotParsedAfterItsOwn() {
        receiveMoreThanMayWait(ClientFrames.text("too late"), ClientFrames.close(1000, ""));

        conversation.close(4001, "bye");

        assertThat(conversation.heard()).containsExactly("text busy", "closed 4001 bye [binary 600]");
        assertThat(conversation.transport.sent()).containsExactly("close 4001 bye");
        assertThat(conversation.transport.calls()).containsExactly("reading true", "shutdownOutput");
    }

    @Test
    void findsNothingMoreAfterAnEndOfItsOwn() {
        receiveMoreThanMayWait(ClientFrames.text("too late"), ClientFrames.close(1000, ""));

        conversation.send("x".repeat(Conversation.BOUNDS.maxOutboundBytes()));
        conversation.receive(ClientFrames.text("later still"));
        conversation.wire.endTurn(true);

        assertThat(conversation.heard()).containsExactly("text busy", "closed 1013 too much sent at once [binary 600]");
        assertThat(conversation.transport.sent()).containsExactly("close 1013 too much sent at once");
    }

    @Test
    void dropsAndCountsWhatIsSentAfterTheEnd() {
        conversation.receive(ClientFrames.text("a"), ClientFrames.close(1000, ""));
        conversation.transport.sent();

        conversation.send("in vain");
        conversation.close(1000, "");

        assertThat(conversation.transport.sent()).isEmpty();
        assertThat(conversation.session.dropped()).isEqualTo(1);
    }

    @Test
    void dropsAndCountsATurnThatWasUnderWayAtTheEnd() {
        conversation.transport.moveConsumerElsewhere();
        conversation.send("one", "two");
        conversation.receive(ClientFrames.close(1000, ""));

        conversation.transport.runTasks();

        assertThat(conversation.transport.sent()).containsExactly("close 1000");
        assertThat(conversation.session.dropped()).isEqualTo(2);
    }

    @Test
    void closesAfterWhatTheTurnSentAndWaitsForThePeer() {
        conversation.wire.send("last");
        conversation.close(4001, "bye");
        assertThat(conversation.transport.sent()).containsExactly("text last", "close 4001 bye");
        assertThat(conversation.transport.calls()).isEmpty();
        assertThat(conversation.heard()).isEmpty();

        conversation.receive(ClientFrames.close(1000, ""));
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");
        assertThat(conversation.transport.sent()).isEmpty();
        assertThat(conversation.heard()).containsExactly("closed 4001 bye");
    }

    @Test
    void sendsACloseFrameWithoutCodeFor1005() {
        conversation.close(CloseCode.NO_STATUS, "");

        assertThat(conversation.transport.sent()).containsExactly("close");
    }

    @Test
    void failsToSend1006() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> conversation.close(CloseCode.ABNORMAL, ""))
                .withMessage("close code 1006 means a lost connection and is never sent; use 1011");
    }

    @Test
    void deliversNothingMoreAfterItsOwnClose() {
        conversation.receive(ClientFrames.text("one"));
        conversation.receive(ClientFrames.text("before"));
        conversation.wire.endTurn(false);
        conversation.close(1000, "");

        conversation.receive(ClientFrames.text("after"), ClientFrames.ping("?"));
        conversation.wire.endTurn(true);
        conversation.receive(ClientFrames.close(1000, ""));

        assertThat(conversation.heard()).containsExactly("text one", "closed 1000 [text before]");
        assertThat(conversation.transport.sent()).containsExactly("close 1000");
    }

    @Test
    void readsOnToSeeThePeersCloseFrame() {
        conversation.receive(ClientFrames.binary());
        conversation.receive(ClientFrames.binary(new byte[900]));
        assertThat(conversation.transport.calls()).containsExactly("reading false");

        conversation.close(1000, "");

        assertThat(conversation.transport.calls()).containsExactly("reading true");
    }

    @Test
    void dropsWhatTheConsumerSendsAfterItsOwnClose() {
        conversation.close(1000, "");
        conversation.send("in vain");

        assertThat(conversation.transport.sent()).containsExactly("close 1000");
        assertThat(conversation.session.dropped()).isEqualTo(1);
    }

    @Test
    void abortsAPeerThatNeitherAnswersTheCloseFrameNorLeaves() {
        conversation.close(4000, "");

        conversation.passCloseTimeout();
        assertThat(conversation.heard()).containsExactly("closed 4000");
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");

        conversation.passCloseTimeout();
        assertThat(conversation.transport.calls()).containsExactly("abort");
    }

    @Test
    void abortsWhenThePeerDoesNotTakeTheEchoOfItsClose() {
        conversation.receive(ClientFrames.close(1000, ""));
        conversation.transport.calls();

        conversation.passCloseTimeout();

        assertThat(conversation.transport.calls()).containsExactly("abort");
    }

    @Test
    void forgetsTheCloseTimeoutWhenTheConnectionHasEnded() {
        conversation.receive(ClientFrames.close(1000, ""));
        conversation.session.lost(null);
        conversation.transport.calls();

        conversation.passCloseTimeout();

        assertThat(conversation.transport.calls()).isEmpty();
        assertThat(conversation.heard()).containsExactly("closed 1000");
    }

    @Test
    void tellsItsOwnReasonWhenTheConnectionIsLostWhileClosing() {
        conversation.close(4002, "enough");
        conversation.session.lost(null);

        assertThat(conversation.heard()).containsExactly("closed 4002 enough");
    }

    @Test
    void closesWithTheCodeOfAViolationAndDiscardsTheRest() {
        conversation.receive(ClientFrames.text("good"), ClientFrames.unmasked(0x81, new byte[1]));
        conversation.receive(ClientFrames.text("more"), ClientFrames.close(1000, ""));

        assertThat(conversation.transport.sent()).containsExactly("close 1002 frame not masked");
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");
        assertThat(conversation.heard()).containsExactly("closed 1002 frame not masked [text good]");
    }

    @Test
    void sendsNoSecondCloseFrameForAViolationWhileClosing() {
        conversation.close(1000, "");

        conversation.receive(ClientFrames.unmasked(0x81, new byte[1]));

        assertThat(conversation.transport.sent()).containsExactly("close 1000");
        assertThat(conversation.heard()).containsExactly("closed 1000");
    }

    @Test
    void goesAwayAtOnceWhenNothingIsUnderWay() {
        conversation.session.goAway(new CloseReason(1001, "shutdown"));

        assertThat(conversation.transport.sent()).containsExactly("close 1001 shutdown");
        assertThat(conversation.heard()).containsExactly("closed 1001 shutdown");
        assertThat(conversation.transport.calls()).isEmpty();

        conversation.receive(ClientFrames.close(1001, ""));
        assertThat(conversation.transport.calls()).containsExactly("shutdownOutput");
        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void goesAwayAfterTheDeliveryUnderWayHasBeenAnswered() {
        conversation.receive(ClientFrames.text("one"));
        conversation.receive(ClientFrames.text("two"));

        conversation.session.goAway(CloseReason.of(1001));
        assertThat(conversation.transport.calls()).containsExactly("reading false");
        conversation.send("working");
        conversation.wire.send("answer");
        conversation.wire.endTurn(true);

        assertThat(conversation.transport.sent()).containsExactly("text working", "text answer", "close 1001");
        assertThat(conversation.heard()).containsExactly("text one", "closed 1001 [text two]");
        assertThat(conversation.transport.calls()).containsExactly("reading true");
    }

    @Test
    void goesAwayFromAnyThread() {
        conversation.transport.moveConsumerElsewhere();

        conversation.session.goAway(CloseReason.of(1012));
        assertThat(conversation.transport.sent()).isEmpty();

        conversation.transport.runTasks();
        assertThat(conversation.transport.sent()).containsExactly("close 1012");
    }
}
