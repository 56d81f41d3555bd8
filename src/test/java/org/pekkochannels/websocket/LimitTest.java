package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.websocket.codec.Opcode;
import org.slf4j.LoggerFactory;

/** The limits that are not those of time are crossed here; the others in the tests of sessions' times. */
class LimitTest {
    private static final Config WEBSOCKET = ConfigFactory.load("no-such-file").getConfig("channels.websocket");

    private final Conversation conversation = Conversation.open();

    private void expect(Limit limit, String heard) {
        assertThat(conversation.heard()).containsExactly(heard);
        assertThat(conversation.stats().crossed(limit)).isEqualTo(1);
        assertThat(conversation.stats().crossed().values().stream()
                        .mapToLong(n -> n)
                        .sum())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void hasAKey(Limit limit) {
        assertThat(WEBSOCKET.hasPath(limit.key())).isTrue();
    }

    @Test
    void boundsTheMessage() {
        conversation.receive(ClientFrames.binary(new byte[1001]));

        expect(Limit.MAX_MESSAGE_BYTES, "closed 1009 message too large");
    }

    @Test
    void areLoggedWithTheKeyAndTheBound() {
        Logger logger = (Logger) LoggerFactory.getLogger(CrossedLimits.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);

        conversation.receive(ClientFrames.binary(new byte[1001]));

        logger.detachAppender(log);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line ->
                        line.contains("closed with 1009, message too large: max-message-bytes of channels.websocket")
                                && line.contains("is 1000 bytes; raise it"));
    }

    @Test
    void boundsTheFrames() {
        conversation.receive(ClientFrames.fragment(false, Opcode.TEXT, ""));
        for (int i = 0; i < 4; i++) {
            conversation.receive(ClientFrames.fragment(false, Opcode.CONTINUATION, ""));
        }

        expect(Limit.MAX_FRAMES, "closed 1008 too many frames in a message");
    }

    @Test
    void boundsTheOutput() {
        conversation.transport.stall();
        conversation.send("x".repeat(100_000), "x".repeat(100_000));

        expect(Limit.MAX_OUTBOUND_BYTES, "closed 1013 too much unread");
    }

    @Test
    void boundsTheReadAhead() {
        conversation.receive(ClientFrames.text("running"));
        conversation.receive(ClientFrames.binary(new byte[450]));

        expect(Limit.READ_AHEAD, "text running");
    }

    @Test
    void boundsTheHandshake() {
        Conversation asked = Conversation.asked();
        asked.session.handshakeTimedOut();

        assertThat(asked.stats().crossed(Limit.HANDSHAKE_TIMEOUT)).isEqualTo(1);
        assertThat(asked.stats().opened()).isZero();
    }

    @Test
    void boundsTheTimeToAttach() {
        Conversation asked = Conversation.asked();
        asked.wire.accept(Acceptance.PLAIN);
        asked.session.attachTimedOut();

        assertThat(asked.stats().crossed(Limit.ATTACH_TIMEOUT)).isEqualTo(1);
    }
}
