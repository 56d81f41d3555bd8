package org.pekkochannels.websocket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;

/** A session between a recorded transport and a consumer that the test plays. */
final class Conversation implements Upgrade {
    static final SessionSettings SETTINGS = new SessionSettings(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(3), 1000, 4, 500, 200_000);

    final Session session;
    final RecordedTransport transport;
    final Wire wire;
    private final List<Inbound> events = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();

    private Conversation(Scope scope) {
        session = new Session(SETTINGS, scope, this);
        transport = new RecordedTransport(session);
        session.start(events::add);
        wire = ((Inbound.Connect) events.remove(0)).wire();
    }

    /** The consumer has been asked. */
    static Conversation asked() {
        return asked(Scope.of("/ws/"));
    }

    static Conversation asked(Scope scope) {
        return new Conversation(scope);
    }

    /** The consumer has accepted and is ready for messages. */
    static Conversation open() {
        Conversation conversation = asked();
        conversation.wire.accept(Acceptance.PLAIN);
        conversation.wire.endTurn(true);
        conversation.session.opened(conversation.transport);
        conversation.answers.clear();
        return conversation;
    }

    /** One read of the socket. */
    void receive(byte[]... frames) {
        byte[] window = ClientFrames.join(frames);
        session.bytes(window, 0, window.length);
        session.readDone();
    }

    /** Turns of the consumer, each with one text and no credit. */
    void send(String... texts) {
        for (String text : texts) {
            wire.send(text);
            wire.endTurn(false);
        }
    }

    void close(int code, String reason) {
        wire.close(new CloseReason(code, reason));
        wire.endTurn(false);
    }

    /** Two ticks, the second past the close timeout. */
    void passCloseTimeout() {
        long start = System.nanoTime();
        session.tick(start);
        session.tick(start + SETTINGS.closeTimeout().toNanos());
    }

    /** What the consumer heard since the last call, in words. */
    List<String> heard() {
        List<String> heard = events.stream().map(Conversation::words).toList();
        events.clear();
        return heard;
    }

    /** What the upgrade heard, in words. */
    List<String> answers() {
        return answers;
    }

    @Override
    public void accepted(Acceptance acceptance) {
        answers.add(("accepted " + acceptance.subprotocol().orElse("")).trim());
    }

    @Override
    public void refused(Refusal refusal) {
        answers.add("refused " + refusal.status());
    }

    static String words(Inbound event) {
        if (event instanceof Inbound.Text text) {
            return "text " + text.text();
        }
        if (event instanceof Inbound.Binary binary) {
            return "binary " + binary.bytes().length;
        }
        if (event instanceof Inbound.Batch batch) {
            return "batch " + batch.messages().stream().map(Conversation::words).toList();
        }
        if (event instanceof Inbound.Closed closed) {
            CloseReason reason = closed.reason();
            List<String> unread =
                    closed.unread().stream().map(Conversation::words).toList();
            return ("closed " + reason.code() + " " + reason.reason()).trim() + (unread.isEmpty() ? "" : " " + unread);
        }
        return "connect";
    }
}
