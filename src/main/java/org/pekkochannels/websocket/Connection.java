package org.pekkochannels.websocket;

import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;

/**
 * A session's life from the upgrade to the end: who is told what and when, and the close handshake.
 *
 * <p>Confined to the connection's thread, but for {@link #pass} and {@link #run}.
 */
final class Connection implements FrameParser.Findings {
    private static final CloseReason TOO_SLOW = new CloseReason(CloseCode.TRY_AGAIN_LATER, "too much unread");

    private enum Phase {
        OPEN,
        /** The server goes away; the delivery under way may still be answered. */
        LEAVING,
        /** Our close frame was sent; the peer's is awaited. */
        CLOSING,
        /** Nothing is awaited but the end of what was written, and of the peer's side. */
        ENDING,
        GONE
    }

    private final Transport transport;
    private final Listener listener;
    private final FrameParser parser;
    private final Inbox inbox = new Inbox();
    private final Outbox outbox;
    private final Deadline closeDeadline;
    private final int readAhead;
    private Phase phase = Phase.OPEN;
    // Connect counts as a delivery.
    private boolean delivering = true;
    private boolean reading = true;
    private boolean told;
    private CloseReason leavingReason = CloseReason.of(CloseCode.GOING_AWAY);
    private CloseReason sentReason = CloseReason.LOST;

    Connection(SessionSettings settings, Transport transport, Listener listener) {
        this.transport = transport;
        this.listener = listener;
        parser = new FrameParser(settings.maxMessageBytes(), settings.maxFrames(), this);
        outbox = new Outbox(transport, settings.maxOutboundBytes());
        closeDeadline = new Deadline(settings.closeTimeout());
        readAhead = settings.readAhead();
    }

    /** Takes a turn to the connection's thread; any thread. */
    void pass(Turn turn) {
        if (transport.inThread()) {
            take(turn);
        } else {
            transport.execute(() -> take(turn));
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

    void take(Turn turn) {
        if (turn.isConsumed()) {
            delivering = false;
        }
        if (isOpen()) {
            write(turn);
        } else {
            listener.drop(turn.messages());
        }
        proceed();
    }

    void bytes(byte[] window, int offset, int length) {
        if (phase.compareTo(Phase.ENDING) < 0) {
            parser.parse(window, offset, length);
        }
    }

    void readDone() {
        proceed();
    }

    void drained() {
        outbox.drained();
    }

    void goAway(CloseReason reason) {
        if (phase == Phase.OPEN) {
            phase = Phase.LEAVING;
            leavingReason = reason;
            proceed();
        }
    }

    void lost(CloseReason reason) {
        if (phase != Phase.GONE) {
            tellClosed(phase == Phase.CLOSING ? sentReason : reason);
            phase = Phase.GONE;
            closeDeadline.disarm();
            listener.drop(outbox.clear());
        }
    }

    boolean wantsTicks() {
        return closeDeadline.isArmed();
    }

    void tick(long nanoTime) {
        if (!closeDeadline.isPassed(nanoTime)) {
            return;
        }
        if (phase == Phase.CLOSING) {
            end(sentReason);
        } else {
            transport.abort();
        }
    }

    @Override
    public void message(Inbound.Message message) {
        if (isOpen()) {
            inbox.add(message);
        }
    }

    @Override
    public void ping(byte[] bytes, int offset, int length) {
        if (isOpen()) {
            outbox.pong(bytes, offset, length);
        }
    }

    @Override
    public void pong(byte[] bytes, int offset, int length) {
        // Nothing waits for one yet.
    }

    @Override
    public void close(CloseReason reason) {
        if (isOpen()) {
            outbox.write(Turn.ofClose(CloseReason.of(reason.code())));
        }
        end(phase == Phase.CLOSING ? sentReason : reason);
    }

    @Override
    public void violation(CloseReason reason) {
        fail(reason);
    }

    private boolean isOpen() {
        return phase.compareTo(Phase.CLOSING) < 0;
    }

    private void write(Turn turn) {
        if (!outbox.hasRoom(turn)) {
            listener.drop(turn.messages() + outbox.clear());
            fail(TOO_SLOW);
            return;
        }
        outbox.write(turn);
        CloseReason reason = turn.closing();
        if (reason != null) {
            sendClose(reason);
        }
    }

    /** What may go on after anything has happened: leaving, delivering, reading; and what was written leaves. */
    private void proceed() {
        if (phase == Phase.LEAVING && !delivering) {
            leave();
        }
        if (phase == Phase.OPEN && !delivering && !inbox.isEmpty()) {
            delivering = true;
            listener.tell(inbox.take());
        }
        regulateReading();
        outbox.flush();
    }

    private void leave() {
        sendClose(leavingReason);
        tellClosed(leavingReason);
    }

    /** Begins the close handshake. */
    private void sendClose(CloseReason reason) {
        outbox.write(Turn.ofClose(reason));
        sentReason = reason;
        phase = Phase.CLOSING;
        listener.disconnected();
        closeDeadline.arm();
    }

    /** Ends for a reason of ours without waiting for the peer's close frame. */
    private void fail(CloseReason reason) {
        if (isOpen()) {
            outbox.write(Turn.ofClose(reason));
        }
        end(phase == Phase.CLOSING ? sentReason : reason);
    }

    private void end(CloseReason reason) {
        phase = Phase.ENDING;
        closeDeadline.arm();
        tellClosed(reason);
        regulateReading();
        outbox.finish();
    }

    private void tellClosed(CloseReason reason) {
        if (!told) {
            told = true;
            listener.tellClosed(new Inbound.Closed(inbox.takeAll(), reason));
        }
    }

    private void regulateReading() {
        boolean wanted = switch (phase) {
            case OPEN -> inbox.bytes() <= readAhead;
            case LEAVING -> false;
            // The peer's close frame, or its end, must be seen.
            case CLOSING, ENDING -> true;
            case GONE -> reading;
        };
        if (wanted != reading) {
            reading = wanted;
            transport.reading(wanted);
        }
    }
}
