package org.pekkochannels.websocket;

import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.websocket.codec.Compression;
import org.pekkochannels.websocket.codec.FrameParser;

/**
 * A session from the upgrade to the end: the order of events, and the close handshake.
 *
 * <p>Confined to the connection's thread, except {@link #pass}, {@link #run} and {@link #isDue}.
 */
final class Connection implements FrameParser.Findings {

    private static final CloseReason GOING_AWAY = CloseReason.of(CloseCode.GOING_AWAY);

    private final WebSockets shared;
    private final SessionSettings settings;
    private final LogWords words;
    private final Transport transport;
    private final ConsumerLink link;
    private final FrameParser parser;
    private final Intake intake;
    private final Outbox outbox;
    private final Watch watch;
    private Phase phase = Phase.OPEN;
    // Connect counts as a delivery.
    private boolean delivering = true;
    private boolean told;
    private CloseReason leavingReason = GOING_AWAY;
    private CloseReason sentReason = CloseReason.LOST;

    Connection(
            WebSockets shared,
            SessionSettings settings,
            LogWords words,
            Compression compression,
            Transport transport,
            ConsumerLink link) {
        this.shared = shared;
        this.settings = settings;
        this.words = words;
        this.transport = transport;
        this.link = link;
        SessionBounds bounds = settings.bounds();
        parser = new FrameParser(bounds.maxMessageBytes(), bounds.maxFrames(), compression, this);
        outbox = new Outbox(transport, bounds.maxOutboundBytes(), settings.slowReader(), link.counters());
        watch = new Watch(settings.times(), shared.now());
        intake = new Intake(transport, link.counters(), bounds.readAhead());
        link.counters().opened();
    }

    /** Passes a turn to the connection's thread; any thread. */
    void pass(TurnOutput turn) {
        if (transport.inThread()) {
            take(turn);
        } else if (!transport.execute(turn.to(this))) {
            link.drop(turn.messages());
        }
    }

    /** Runs a task on the connection's thread; any thread. */
    void run(Runnable task) {
        if (transport.inThread()) {
            task.run();
        } else {
            transport.execute(task);
        }
    }

    void take(TurnOutput turn) {
        delivering &= !turn.isConsumed();
        if (phase.isOpen()) {
            write(turn);
        } else {
            link.drop(turn.messages());
        }
        proceed();
        turn.passDrained(outbox);
    }

    void bytes(byte[] window, int offset, int length) {
        intake.read(length);
        if (phase.isHeard() && intake.parse(parser, window, offset, length)) {
            // Without delay, because an edge may read several times before the read is done.
            regulateReading();
        }
    }

    void readDone() {
        long now = shared.now();
        if (phase.isHeard()) {
            watch.heard(now, parser.takeFinished(), parser.isUnfinished());
        }
        if (intake.readDone()) {
            watch.used(now);
        }
        proceed();
    }

    void drained() {
        outbox.drained();
        watchOutput();
    }

    void goAway(CloseReason reason) {
        if (phase == Phase.OPEN || phase == Phase.IDLE) {
            phase = Phase.LEAVING;
            leavingReason = reason;
            watch.leaving();
            proceed();
        }
    }

    /** The lease has ended: closes at once, also while a delivery is in flight. */
    void revoke(CloseReason reason) {
        if (phase.isOpen()) {
            shared.crossedLimits().closed(reason, words);
            fail(reason);
        }
    }

    void tellExpiring(Lease lease) {
        if (!told) {
            link.tell(new Inbound.Expiring(lease));
        }
    }

    void lost(CloseReason reason) {
        if (phase != Phase.GONE) {
            parseAll();
            tellClosed(phase == Phase.CLOSING ? sentReason : reason);
            phase = Phase.GONE;
            watch.lost(shared.now(), transport.unsent());
            link.drop(outbox.clear());
        }
    }

    boolean isDue(long nanoTime) {
        return watch.isDue(nanoTime);
    }

    void tick(long nanoTime) {
        if (!watch.isDue(nanoTime)) {
            return;
        }
        if (watch.wantsPing(nanoTime)) {
            ping(nanoTime);
        }
        // Also covers output that TLS has written itself.
        watchOutput();
        Limit crossed = watch.find(nanoTime, intake.isReading(), outbox.unsent(), transport.taken());
        if (crossed != null) {
            cross(crossed);
        }
    }

    /** After our close frame, messages are discarded, so there is always room. */
    @Override
    public boolean hasRoom() {
        return !phase.isOpen() || !intake.isFull();
    }

    @Override
    public void message(Inbound.Message message) {
        intake.message(message, phase.isOpen());
    }

    @Override
    public void ping(byte[] bytes, int offset, int length) {
        if (phase.isOpen()) {
            outbox.pong(bytes, offset, length);
        }
    }

    @Override
    public void pong(byte[] bytes, int offset, int length) {
        // Nothing to do here: any bytes from the peer show that it is alive; see Watch.
    }

    @Override
    public void close(CloseReason reason) {
        end(CloseReason.of(reason.code()), reason);
    }

    @Override
    public void violation(CloseReason reason) {
        shared.crossedLimits().closed(reason, words);
        fail(reason);
    }

    @Override
    public void tooLarge() {
        cross(Limit.MAX_MESSAGE_BYTES);
    }

    @Override
    public void tooManyFrames() {
        cross(Limit.MAX_FRAMES);
    }

    /** Also called while reading is paused, when no answer is expected: a write is then the only way to detect that the peer is gone. */
    private void ping(long now) {
        if (phase.isOpen() && outbox.ping() && intake.isReading()) {
            watch.pinged(now);
        } else {
            watch.pingedInVain(now);
        }
        outbox.flush();
    }

    private void cross(Limit limit) {
        if (limit != Limit.IDLE_TIMEOUT || phase != Phase.IDLE) {
            shared.crossedLimits().crossed(limit, words, settings);
        }
        switch (limit) {
            case IDLE_TIMEOUT -> idledTooLong(limit.reason());
            case MESSAGE_TIMEOUT, MAX_MESSAGE_BYTES, MAX_FRAMES -> fail(limit.reason());
            case CLOSE_TIMEOUT -> closeTimedOut();
            case PONG_TIMEOUT, WRITE_TIMEOUT -> abandon(limit.reason());
            case HANDSHAKE_TIMEOUT, ATTACH_TIMEOUT, READ_AHEAD, MAX_OUTBOUND_BYTES ->
                throw new IllegalStateException(limit + " does not end an open connection here");
        }
    }

    /** The first time, a delivery in flight gets the same time again, because it may still be answered. */
    private void idledTooLong(CloseReason reason) {
        if (phase == Phase.OPEN && delivering) {
            phase = Phase.IDLE;
            leavingReason = reason;
            watch.idledOnce(shared.now());
        } else if (phase == Phase.IDLE) {
            leave();
            proceed();
        } else {
            goAway(reason);
        }
    }

    private void closeTimedOut() {
        if (phase == Phase.CLOSING) {
            end(sentReason);
        } else {
            cut();
        }
    }

    /** Ends at once, because the peer no longer receives anything. */
    private void abandon(CloseReason reason) {
        lost(reason);
        cut();
    }

    private void cut() {
        watch.end();
        transport.abort();
    }

    private void write(TurnOutput turn) {
        if (!outbox.admits(turn)) {
            link.drop(turn.messages() + outbox.clear());
            shared.crossedLimits().crossed(Limit.MAX_OUTBOUND_BYTES, words, settings);
            fail(outbox.reasonAgainst(turn));
            return;
        }
        outbox.write(turn);
        if (turn.messages() > 0 && watch.watchesIdleness()) {
            watch.used(shared.now());
        }
        CloseReason reason = turn.closing();
        if (reason != null) {
            sendClose(reason);
        }
    }

    /** Continues whatever the last event has made possible: closing, delivering, reading; then flushes the output. */
    private void proceed() {
        if (phase == Phase.IDLE && !delivering && !intake.inbox().isEmpty()) {
            // The peer has sent while the delivery was in flight.
            phase = Phase.OPEN;
            watch.used(shared.now());
        }
        if ((phase == Phase.LEAVING || phase == Phase.IDLE) && !delivering) {
            leave();
        }
        if (phase == Phase.OPEN && !delivering && !intake.inbox().isEmpty()) {
            delivering = true;
            link.tell(intake.inbox().take());
        }
        if (intake.isHolding()) {
            parseMore();
        }
        regulateReading();
        outbox.flush();
        watchOutput();
    }

    private void leave() {
        parseAll();
        // The data may have contained the peer's close frame.
        if (phase.isOpen()) {
            sendClose(leavingReason);
            tellClosed(leavingReason);
        }
    }

    /** Continues to parse held bytes once the consumer has room. */
    private void parseMore() {
        long now = shared.now();
        intake.parseHeld(parser);
        watch.parsed(now, parser.takeFinished(), parser.isUnfinished());
        if (intake.readDone()) {
            watch.used(now);
        }
    }

    /** Before the end: the remaining bytes are delivered with it, unless their messages are a multiple of the bytes received. */
    private void parseAll() {
        if (intake.isHolding()) {
            intake.makeRoomForHeld();
            parseMore();
            intake.discardHeld();
        }
    }

    private void watchOutput() {
        if (!watch.watchesOutput() && transport.unsent() > 0 && phase != Phase.GONE) {
            watch.waiting(shared.now(), transport.taken());
        }
    }

    /** Starts the close handshake. */
    private void sendClose(CloseReason reason) {
        outbox.close(reason);
        sentReason = reason;
        phase = Phase.CLOSING;
        link.disconnected();
        watch.closing(shared.now());
    }

    /** Closes for a reason on our side, without waiting for the peer's close frame. */
    private void fail(CloseReason reason) {
        end(reason, reason);
    }

    /** Ends with a close frame, unless one was sent before; the consumer then receives the reason of that one. */
    private void end(CloseReason answer, CloseReason reason) {
        if (phase.isOpen()) {
            outbox.close(answer);
        }
        end(phase == Phase.CLOSING ? sentReason : reason);
    }

    private void end(CloseReason reason) {
        phase = Phase.ENDING;
        intake.forgetHeld();
        watch.closing(shared.now());
        tellClosed(reason);
        regulateReading();
        outbox.finish();
    }

    private void tellClosed(CloseReason reason) {
        if (!told) {
            told = true;
            link.counters().closed(reason.code());
            link.tellClosed(new Inbound.Closed(intake.inbox().takeAll(), reason));
        }
    }

    private void regulateReading() {
        boolean wanted = switch (phase) {
            case OPEN, IDLE -> !intake.isFull();
            case LEAVING -> false;
            // Reading must continue to see the peer's close frame or its end.
            case CLOSING, ENDING -> true;
            case GONE -> intake.isReading();
        };
        if (intake.switchTo(wanted)) {
            watch.excuse(shared.now());
        }
    }
}
