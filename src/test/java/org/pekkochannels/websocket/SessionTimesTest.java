package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.codec.Opcode;

class SessionTimesTest {
    private static final Duration PING = Duration.ofSeconds(25);
    private static final Duration PONG = Duration.ofSeconds(8);
    private static final Duration TEN = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final Duration FIVE = Duration.ofSeconds(5);
    private static final byte[] PONG_FRAME = ClientFrames.fragment(true, Opcode.PONG, "");
    private static final byte[] LARGE = ClientFrames.binary(new byte[600]);

    private final Conversation conversation = Conversation.open();

    @Test
    void pingsAPeerThatSaysNothing() {
        conversation.pass(PING.minus(MOMENT));
        assertThat(conversation.transport.sent()).isEmpty();

        conversation.pass(MOMENT);
        assertThat(conversation.transport.sent()).containsExactly("ping");
    }

    @Test
    void pingsAgainAfterEachPong() {
        for (int i = 0; i < 3; i++) {
            conversation.pass(PING);
            assertThat(conversation.transport.sent()).containsExactly("ping");
            conversation.receive(PONG_FRAME);
        }

        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void pingsNobodyWhoSpeaks() {
        for (int i = 0; i < 10; i++) {
            conversation.pass(TEN);
            conversation.receive(PONG_FRAME);
        }

        assertThat(conversation.transport.sent()).isEmpty();
    }

    @Test
    void abortsAPeerThatIsDead() {
        conversation.pass(PING.plus(PONG).minus(MOMENT));
        assertThat(conversation.heard()).isEmpty();

        conversation.pass(MOMENT);
        assertThat(conversation.heard()).containsExactly("closed 1006 ping timeout");
        assertThat(conversation.transport.calls()).containsExactly("abort");
        assertThat(conversation.stats().crossed(Limit.PONG_TIMEOUT)).isEqualTo(1);
        assertThat(conversation.stats().closed(1006)).isEqualTo(1);
    }

    /** Pings more often than it wants an answer. */
    private static Conversation patient() {
        SessionTimes times = Conversation.TIMES;
        return Conversation.open(
                Conversation.settings(
                        new SessionTimes(
                                times.closeTimeout(),
                                Optional.of(FIVE),
                                FIVE.multipliedBy(4),
                                Optional.empty(),
                                times.messageTimeout(),
                                times.writeTimeout()),
                        SlowReader.CLOSE),
                Scope.of("/ws/"));
    }

    @Test
    void pingsAtEachIntervalWhereThePongMayTakeLonger() {
        Conversation patient = patient();
        for (int i = 0; i < 8; i++) {
            patient.pass(FIVE);
            assertThat(patient.transport.sent()).as("interval %s", i).containsExactly("ping");
            patient.receive(PONG_FRAME);
        }

        assertThat(patient.heard()).isEmpty();
    }

    @Test
    void pingsAgainWhileAPongIsAwaitedButCountsTheTimeFromTheFirst() {
        Conversation patient = patient();

        patient.pass(FIVE.multipliedBy(5).minus(MOMENT));
        assertThat(patient.transport.sent()).containsExactly("ping", "ping", "ping", "ping");
        assertThat(patient.heard()).isEmpty();

        patient.pass(MOMENT);
        assertThat(patient.heard()).containsExactly("closed 1006 ping timeout");
    }

    /** A consumer that is busy, with as much waiting for it as may. */
    private void stopReading() {
        conversation.receive(ClientFrames.text("a"));
        conversation.receive(LARGE);
        assertThat(conversation.transport.calls()).containsExactly("reading false");
    }

    @Test
    void judgesNobodyWhomItDoesNotRead() {
        conversation.pass(PING);
        assertThat(conversation.transport.sent()).containsExactly("ping");
        stopReading();

        conversation.pass(PING.multipliedBy(24));
        assertThat(conversation.transport.sent()).hasSize(24).containsOnly("ping");
        assertThat(conversation.transport.calls()).isEmpty();

        conversation.wire.endTurn(true);
        conversation.pass(PING.plus(PONG).minus(MOMENT));
        assertThat(conversation.transport.sent()).containsExactly("ping");
        assertThat(conversation.transport.calls()).containsExactly("reading true");
        conversation.pass(MOMENT);
        assertThat(conversation.transport.calls()).containsExactly("abort");
    }

    @Test
    void holdsNoPongAgainstAPeerThatIsNotReadWhileTheServerLeaves() {
        conversation.receive(ClientFrames.text("a"));
        conversation.pass(PING);
        conversation.session.goAway(CloseReason.of(CloseCode.GOING_AWAY));
        assertThat(conversation.transport.calls()).containsExactly("reading false");

        conversation.pass(PONG.plus(MOMENT));
        assertThat(conversation.transport.calls()).isEmpty();

        conversation.wire.endTurn(true);
        assertThat(conversation.heard()).containsExactly("text a", "closed 1001");
    }

    @Test
    void countsNoTimeOfAMessageWhileItDoesNotRead() {
        byte[] message = ClientFrames.text("slow");
        stopReading();
        conversation.receive(Arrays.copyOf(message, 3));
        conversation.pass(Duration.ofSeconds(15));

        conversation.wire.endTurn(true);
        conversation.pass(TEN.minus(MOMENT));
        assertThat(conversation.transport.sent()).isEmpty();
        conversation.pass(MOMENT);
        assertThat(conversation.transport.sent()).containsExactly("ping", "close 1008 message took too long");
    }

    /** The looks at the time of the message, which stands still, are not to put the pings off. */
    @Test
    void pingsAPeerThatItDoesNotReadWithinAMessage() {
        stopReading();
        conversation.receive(Arrays.copyOf(LARGE, 3));

        conversation.pass(PING.multipliedBy(4));

        assertThat(conversation.transport.sent()).containsExactly("ping", "ping", "ping", "ping");
        assertThat(conversation.transport.calls()).isEmpty();
    }

    @Test
    void judgesNobodyAfterAPauseOfItsOwn() {
        conversation.pass(PING);
        conversation.transport.sent();

        conversation.oversleep(Duration.ofSeconds(30));
        assertThat(conversation.transport.calls()).isEmpty();

        conversation.receive(PONG_FRAME);
        conversation.pass(PONG);
        assertThat(conversation.heard()).isEmpty();
    }

    private static Conversation idling() {
        SessionTimes times = Conversation.TIMES;
        return Conversation.open(
                Conversation.settings(
                        new SessionTimes(
                                times.closeTimeout(),
                                Optional.empty(),
                                times.pongTimeout(),
                                Optional.of(TEN),
                                times.messageTimeout(),
                                times.writeTimeout()),
                        SlowReader.CLOSE),
                Scope.of("/ws/"));
    }

    @Test
    void closesAfterIdleTime() {
        Conversation idle = idling();
        idle.pass(TEN.minus(MOMENT));
        idle.send("not idle");
        idle.pass(TEN.minus(MOMENT));
        idle.receive(PONG_FRAME);
        assertThat(idle.heard()).isEmpty();

        idle.pass(MOMENT);
        assertThat(idle.heard()).containsExactly("closed 1001 idle for too long");
        assertThat(idle.transport.sent()).containsExactly("text not idle", "close 1001 idle for too long");
        assertThat(idle.stats().crossed(Limit.IDLE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void countsIdleTimeOnceWhileADeliveryIsUnderWay() {
        Conversation idle = idling();
        idle.receive(ClientFrames.text("work"));
        idle.pass(TEN.plus(MOMENT));
        assertThat(idle.stats().crossed(Limit.IDLE_TIMEOUT)).isEqualTo(1);

        idle.send("at work");
        idle.pass(TEN.minus(MOMENT));
        assertThat(idle.heard()).containsExactly("text work");
        idle.wire.endTurn(true);
        assertThat(idle.heard()).containsExactly("closed 1001 idle for too long");
        assertThat(idle.transport.sent()).containsExactly("text at work", "close 1001 idle for too long");
        assertThat(idle.stats().crossed(Limit.IDLE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void closesAfterIdleTimeAlthoughADeliveryNeverEnds() {
        Conversation idle = idling();
        idle.receive(ClientFrames.text("work"));
        idle.receive(ClientFrames.text("waits"));

        idle.pass(TEN.multipliedBy(2).minus(MOMENT));
        assertThat(idle.heard()).containsExactly("text work");
        idle.pass(MOMENT);

        assertThat(idle.heard()).containsExactly("closed 1001 idle for too long [text waits]");
        assertThat(idle.transport.sent()).containsExactly("close 1001 idle for too long");
        assertThat(idle.stats().crossed(Limit.IDLE_TIMEOUT)).isEqualTo(1);
        idle.passCloseTimeout();
        idle.passCloseTimeout();
        assertThat(idle.transport.calls()).containsExactly("shutdownOutput", "abort");
    }

    @Test
    void isOpenAgainWhereThePeerHasSentDuringAnIdleDelivery() {
        Conversation idle = idling();
        idle.receive(ClientFrames.text("work"));
        idle.pass(TEN.plus(MOMENT));
        idle.receive(ClientFrames.text("more"));

        idle.wire.endTurn(true);
        idle.wire.endTurn(true);

        assertThat(idle.heard()).containsExactly("text work", "text more");
        idle.pass(TEN.minus(MOMENT));
        assertThat(idle.heard()).isEmpty();
        idle.pass(MOMENT);
        assertThat(idle.heard()).containsExactly("closed 1001 idle for too long");
    }

    @Test
    void seesThePeersEndWhileADeliveryIsUnderWayAfterIdleTime() {
        Conversation idle = idling();
        idle.receive(ClientFrames.text("work"));
        idle.pass(TEN);

        assertThat(idle.transport.calls()).isEmpty();
        idle.receive(ClientFrames.text("too late?"), ClientFrames.close(4001, ""));

        assertThat(idle.heard()).containsExactly("text work", "closed 4001 [text too late?]");
        assertThat(idle.transport.sent()).containsExactly("close 4001");
    }

    @Test
    void abortsADeadPeerWhileADeliveryIsUnderWayAfterIdleTime() {
        SessionTimes times = Conversation.TIMES;
        Conversation idle = Conversation.open(
                Conversation.settings(
                        new SessionTimes(
                                times.closeTimeout(),
                                Optional.of(PING),
                                PONG,
                                Optional.of(PING.minus(MOMENT)),
                                times.messageTimeout(),
                                times.writeTimeout()),
                        SlowReader.CLOSE),
                Scope.of("/ws/"));
        idle.receive(ClientFrames.text("work"));

        idle.pass(PING.plus(PONG));

        assertThat(idle.heard()).containsExactly("text work", "closed 1006 ping timeout");
    }

    @Test
    void goesAwayForTheServersSakeDuringAnIdleDelivery() {
        Conversation idle = idling();
        idle.receive(ClientFrames.text("work"));
        idle.pass(TEN);

        idle.session.goAway(CloseReason.of(1012));
        idle.pass(TEN.multipliedBy(2));
        assertThat(idle.heard()).containsExactly("text work");
        idle.wire.endTurn(true);

        assertThat(idle.heard()).containsExactly("closed 1012");
    }

    @Test
    void closesWith1008WhenAMessageTakesTooLong() {
        conversation.receive(ClientFrames.fragment(false, Opcode.TEXT, "slow"));
        for (int i = 0; i < 9; i++) {
            conversation.pass(MOMENT);
            conversation.receive(PONG_FRAME);
        }
        assertThat(conversation.heard()).isEmpty();

        conversation.pass(MOMENT);
        assertThat(conversation.heard()).containsExactly("closed 1008 message took too long");
        assertThat(conversation.transport.sent()).containsExactly("close 1008 message took too long");
        assertThat(conversation.stats().crossed(Limit.MESSAGE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void countsTheTimeOfEachMessageAlone() {
        byte[] frame = ClientFrames.text("message");
        byte[] rest = Arrays.copyOfRange(frame, 3, frame.length);
        byte[] start = Arrays.copyOf(frame, 3);

        conversation.receive(start);
        for (int i = 0; i < 5; i++) {
            conversation.pass(TEN.minus(MOMENT));
            conversation.receive(rest, start);
            conversation.wire.endTurn(true);
        }

        assertThat(conversation.heard()).hasSize(5).allMatch(event -> event.equals("text message"));
    }

    @Test
    void abortsWhenTheKernelTakesNothing() {
        conversation.transport.stall();
        conversation.send("unread");
        conversation.pass(TEN.minus(MOMENT));
        assertThat(conversation.heard()).isEmpty();

        conversation.pass(Duration.ofSeconds(4));
        assertThat(conversation.heard()).containsExactly("closed 1013 write stalled");
        assertThat(conversation.transport.calls()).containsExactly("abort");
        assertThat(conversation.stats().crossed(Limit.WRITE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void bearsAPeerThatReadsSlowly() {
        conversation.transport.stall();
        conversation.send("x".repeat(30_000));
        for (int i = 0; i < 10; i++) {
            conversation.pass(TEN.minus(MOMENT));
            conversation.transport.takeSome(1000);
            conversation.receive(PONG_FRAME);
        }

        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void abortsAPeerThatWasLostAndTakesNotWhatWasWritten() {
        conversation.transport.stall();
        conversation.send("unread");
        conversation.session.lost(null);
        assertThat(conversation.transport.calls()).isEmpty();

        conversation.passCloseTimeout();
        assertThat(conversation.heard()).containsExactly("closed 1006");
        assertThat(conversation.transport.calls()).containsExactly("abort");
        assertThat(conversation.stats().crossed(Limit.CLOSE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void countsNoTimeOfAPeerThatWasLost() {
        conversation.receive(ClientFrames.fragment(false, Opcode.TEXT, "begun"));
        conversation.session.lost(null);
        conversation.receive(PONG_FRAME);

        conversation.pass(Duration.ofMinutes(1));
        assertThat(conversation.heard()).containsExactly("closed 1006");
        assertThat(conversation.transport.calls()).isEmpty();
        assertThat(conversation.transport.sent()).isEmpty();
    }

    @Test
    void isDueForNothingWhenNothingRuns() {
        long now = Conversation.START;

        assertThat(conversation.session.isDue(now + PING.toNanos() - 1)).isFalse();
        assertThat(conversation.session.isDue(now + PING.toNanos())).isTrue();
        conversation.session.lost(null);
        assertThat(conversation.session.isDue(now + PING.toNanos())).isFalse();
    }

    @Test
    void countsACloseThatIsNotAnswered() {
        conversation.close(4000, "");
        conversation.passCloseTimeout();
        conversation.passCloseTimeout();

        assertThat(conversation.stats().crossed(Limit.CLOSE_TIMEOUT)).isEqualTo(2);
        assertThat(conversation.stats().closed(4000)).isEqualTo(1);
    }
}
