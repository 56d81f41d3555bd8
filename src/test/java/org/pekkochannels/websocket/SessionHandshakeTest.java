package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

class SessionHandshakeTest {
    private final Conversation conversation =
            Conversation.asked(Scope.of("/ws/chat/").withSubprotocols(List.of("chat.v2", "chat.v1")));

    @Test
    void acceptsWithAnOfferedSubprotocol() {
        conversation.wire.accept(new Acceptance(Optional.of("chat.v1"), List.of()));

        assertThat(conversation.answers()).containsExactly("accepted chat.v1");
        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void failsForASubprotocolThatWasNotOffered() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> conversation.wire.accept(new Acceptance(Optional.of("mqtt"), List.of())))
                .withMessage("subprotocol 'mqtt' was not offered; accept one of [chat.v2, chat.v1] or none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "upgrade", "Content-Length", "Transfer-Encoding", "sec-websocket-accept"})
    void failsForAHeaderThatIsTheServersToSend(String name) {
        Acceptance acceptance = new Acceptance(Optional.empty(), List.of(new Header(name, "5")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> conversation.wire.accept(acceptance))
                .withMessageContaining("header '" + name + "' of an acceptance is set by the server; leave it out");
    }

    @Test
    @SuppressWarnings("NullAway") // as an application might
    void mayDecideAfterARefusalThatFailed() {
        assertThatNullPointerException().isThrownBy(() -> conversation.wire.refuse(null));

        conversation.wire.refuse(Refusal.FORBIDDEN);

        assertThat(conversation.answers()).hasSize(1);
    }

    @Test
    void refusesAHeaderOrABodyThatAResponseCannotHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Refusal(401, List.of(new Header("Transfer-Encoding", "chunked")), "words"))
                .withMessageContaining("header 'Transfer-Encoding' of a refusal is set by the server");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Refusal.of(304, "words"))
                .withMessageContaining("304 has no body");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Acceptance(Optional.empty(), List.of(new Header("X-A", "\u20ac"))))
                .withMessageContaining("value of header 'X-A' must be Latin-1 in a response; percent-encode");
    }

    @Test
    void showsNoMoreThan200CharactersOfWhatTheClientOffered() {
        Conversation asked =
                Conversation.asked(Scope.of("/ws/").withSubprotocols(List.of("a".repeat(190), "b", "cd", "e")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> asked.wire.accept(new Acceptance(Optional.of("mqtt"), List.of())))
                .withMessage("subprotocol 'mqtt' was not offered; accept one of [" + "a".repeat(190)
                        + ", b, cd, .. (4 offered) or none");
    }

    @Test
    void decidesOnce() {
        conversation.wire.accept(Acceptance.PLAIN);

        assertThatIllegalStateException()
                .isThrownBy(() -> conversation.wire.accept(Acceptance.PLAIN))
                .withMessage("accept() was called too late, the connection is accepted already; decide once");
        assertThatIllegalStateException().isThrownBy(() -> conversation.wire.refuse(Refusal.FORBIDDEN));
        assertThat(conversation.answers()).containsExactly("accepted");
    }

    @Test
    void failsToSendBeforeTheAcceptance() {
        assertThatIllegalStateException()
                .isThrownBy(() -> conversation.wire.send("early"))
                .withMessage("nothing can be sent before accept(); accept the connection first");
    }

    @Test
    void refusesAndTellsTheEnd() {
        conversation.wire.refuse(Refusal.of(404, "no such room"));
        conversation.wire.send("in vain");

        assertThat(conversation.answers()).containsExactly("refused 404");
        assertThat(conversation.heard()).containsExactly("closed 1006 refused with HTTP status 404");
        assertThat(conversation.session.dropped()).isEqualTo(1);
    }

    @Test
    void refusesWith403WhenClosedBeforeTheAcceptance() {
        conversation.close(4001, "go");

        assertThat(conversation.answers()).containsExactly("refused 403");
    }

    @Test
    void refusesWith503WhenNothingIsDecidedInTime() {
        conversation.session.handshakeTimedOut();
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.send("in vain");

        assertThat(conversation.answers()).containsExactly("refused 503");
        assertThat(conversation.heard()).containsExactly("closed 1006 handshake timed out");
        assertThat(conversation.session.dropped()).isEqualTo(1);
    }

    @Test
    void ignoresTheHandshakeTimeoutAfterTheDecision() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.session.handshakeTimedOut();

        assertThat(conversation.answers()).containsExactly("accepted");
        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void tellsTheEndWhenTheClientLeavesBeforeTheDecision() {
        conversation.session.lost(null);
        conversation.session.lost(null);
        conversation.wire.accept(Acceptance.PLAIN);

        assertThat(conversation.heard()).containsExactly("closed 1006");
        assertThat(conversation.answers()).isEmpty();
    }

    @Test
    void tellsTheEndWhenTheConnectionIsNotAttachedInTime() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.send("a", "b");

        conversation.session.attachTimedOut();

        assertThat(conversation.heard()).containsExactly("closed 1006 not attached in time");
        assertThat(conversation.session.dropped()).isEqualTo(2);
    }

    @Test
    void logsAtDebugThatTooMuchOutputBeforeTheConnectionHasEndedIt() {
        try (RecordedLog log = RecordedLog.atDebug(CrossedLimits.class)) {
            conversation.wire.accept(Acceptance.PLAIN);
            conversation.send("x".repeat(200_001));

            assertThat(conversation.stats().crossed(Limit.MAX_OUTBOUND_BYTES)).isEqualTo(1);
            assertThat(log.await("crossed")).contains("max-outbound-bytes, which is 200000");
        }
    }

    @Test
    void abortsAConnectionThatComesTooLate() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.session.attachTimedOut();

        conversation.session.opened(conversation.transport);

        assertThat(conversation.transport.calls()).containsExactly("abort");
    }

    @Test
    void ignoresTheAttachTimeoutOnceAttached() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.session.opened(conversation.transport);
        conversation.session.attachTimedOut();

        assertThat(conversation.heard()).isEmpty();
    }

    @Test
    void failsToOpenWithoutAnAcceptance() {
        assertThatIllegalStateException().isThrownBy(() -> conversation.session.opened(conversation.transport));
    }

    @Test
    void writesWhatWasSentBeforeTheConnectionWasThere() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.send("one", "two");
        conversation.close(4001, "bye");

        conversation.session.opened(conversation.transport);

        assertThat(conversation.transport.sent()).containsExactly("text one", "text two", "close 4001 bye");
    }

    @Test
    void endsWhenTooMuchIsSentBeforeTheConnectionIsThere() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.send("x".repeat(150_000), "x".repeat(150_000));

        assertThat(conversation.heard()).containsExactly("closed 1013 too much output");
        assertThat(conversation.session.dropped()).isEqualTo(2);
        assertThat(conversation.stats().crossed(Limit.MAX_OUTBOUND_BYTES)).isEqualTo(1);
    }

    @Test
    void refusesWith503WhenTheServerGoesAwayBeforeTheDecision() {
        conversation.session.goAway(CloseReason.of(1001));

        assertThat(conversation.answers()).containsExactly("refused 503");
        assertThat(conversation.heard()).containsExactly("closed 1001");
    }

    @Test
    void goesAwayAsSoonAsTheConnectionIsThere() {
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.wire.endTurn(true);
        conversation.session.goAway(CloseReason.of(1001));

        conversation.session.opened(conversation.transport);

        assertThat(conversation.transport.sent()).containsExactly("close 1001");
        assertThat(conversation.heard()).containsExactly("closed 1001");
    }
}
