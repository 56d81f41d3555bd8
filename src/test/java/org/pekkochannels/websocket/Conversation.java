package org.pekkochannels.websocket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.websocket.codec.CompressionSettings;

/** A session between a recorded transport and a consumer that the test plays. */
public final class Conversation implements Upgrade {
    // Near the end of the range, as the clock may stand anywhere; but the range's last number, which is "never", is no
    // half second of the test.
    static final long START = Long.MAX_VALUE - Duration.ofSeconds(20).toNanos() - 1;
    static final SessionTimes TIMES = new SessionTimes(
            Duration.ofSeconds(3),
            Optional.of(Duration.ofSeconds(25)),
            Duration.ofSeconds(8),
            Optional.empty(),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10));
    static final SessionBounds BOUNDS = new SessionBounds(1000, 4, 500, 200_000);
    static final SessionSettings SETTINGS = settings(TIMES, SlowReader.CLOSE);

    final Session session;
    final RecordedTransport transport;
    final Wire wire;
    private final List<Inbound> events = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();

    private final AtomicLong clock;
    private final WebSockets sockets;

    private Conversation(SessionSettings settings, Scope scope, Optional<Lease> lease) {
        clock = new AtomicLong(START);
        sockets = new WebSockets(settings, clock::get, new ConversationClock(clock::get));
        session = sockets.session(settings, scope, lease, this);
        transport = new RecordedTransport(session);
        session.start(events::add);
        wire = ((Inbound.Connect) events.remove(0)).wire();
    }

    /** The consumer has been asked. */
    static Conversation asked() {
        return asked(Scope.of("/ws/"));
    }

    static Conversation asked(Scope scope) {
        return new Conversation(SETTINGS, scope, Optional.empty());
    }

    static Conversation asked(Lease lease) {
        return new Conversation(SETTINGS, Scope.of("/ws/"), Optional.of(lease));
    }

    static SessionSettings settings(SessionTimes times, SlowReader slowReader) {
        return settings(times, BOUNDS, slowReader);
    }

    static SessionSettings settings(SessionTimes times, SessionBounds bounds, SlowReader slowReader) {
        return new SessionSettings(
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                times,
                new LeaseTimes(Duration.ofSeconds(60), Duration.ofSeconds(25)),
                bounds,
                slowReader,
                new CompressionSettings(true, 100, 6));
    }

    /** The consumer has accepted and is ready for messages. */
    static Conversation open() {
        return open(SETTINGS, Scope.of("/ws/"));
    }

    static Conversation open(SessionSettings settings, Scope scope) {
        return new Conversation(settings, scope, Optional.empty()).opened();
    }

    /** With a lease; the conversation's date is the epoch at first. */
    static Conversation open(Lease lease) {
        return asked(lease).opened();
    }

    private Conversation opened() {
        accept();
        attach();
        answers.clear();
        return this;
    }

    void accept() {
        wire.accept(Acceptance.PLAIN);
        wire.endTurn(true);
    }

    void attach() {
        session.opened(transport);
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

    /** Time passes, as the edge's timer sees it, twice a second. */
    void pass(Duration time) {
        long step = Duration.ofMillis(500).toNanos();
        for (long left = time.toNanos(); left > 0; left -= step) {
            clock.addAndGet(Math.min(left, step));
            if (session.isDue(clock.get())) {
                session.tick(clock.get());
            }
        }
    }

    /** Time passes without the edge's timer. */
    void oversleep(Duration time) {
        session.tick(clock.addAndGet(time.toNanos()));
    }

    void passCloseTimeout() {
        pass(TIMES.closeTimeout());
    }

    WebSocketStats stats() {
        return sockets.stats();
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
        acceptance.headers().forEach(header -> answers.add(header.name() + ": " + header.value()));
    }

    @Override
    public void refused(Refusal refusal) {
        answers.add("refused " + refusal.status());
    }

    public static String words(Inbound event) {
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
        return event instanceof Inbound.Expiring expiring
                ? "expiring " + expiring.lease().user()
                : "connect";
    }
}
