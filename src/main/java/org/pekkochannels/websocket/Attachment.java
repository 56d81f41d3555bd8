package org.pekkochannels.websocket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.websocket.codec.Compression;

/**
 * A session until its connection is attached: the decision, and the turns that wait for the connection.
 *
 * <p>Thread-safe: the consumer, the edge's timers and the connection use it, and the first of them decides. Once attached, the lock is no
 * longer taken.
 */
final class Attachment {
    private static final SafeLog LOG = SafeLog.of(Attachment.class);
    private static final CloseReason TOO_MUCH_OUTPUT = new CloseReason(CloseCode.TRY_AGAIN_LATER, "too much output");

    private enum State {
        UNDECIDED,
        ACCEPTED,
        ATTACHED,
        ENDED
    }

    private final ConsumerLink link;
    private final CrossedLimits crossedLimits;
    private final LogWords words;
    private final SessionSettings settings;
    private State state = State.UNDECIDED;
    private List<TurnOutput> waiting = List.of();
    private long waitingBytes;
    // One line per connection, because a client may cause the same for each of its messages.
    private boolean warned;
    private @Nullable CloseReason goingAway;
    private volatile @Nullable Connection connection;

    Attachment(ConsumerLink link, CrossedLimits crossedLimits, LogWords words, SessionSettings settings) {
        this.link = link;
        this.crossedLimits = crossedLimits;
        this.words = words;
        this.settings = settings;
    }

    int maxWaitingBytes() {
        return settings.bounds().maxOutboundBytes();
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    /** Returns whether this call was the decision. */
    synchronized boolean accept() {
        return change(State.UNDECIDED, State.ACCEPTED);
    }

    /** Returns whether this call was the decision; if so, the consumer has been notified. */
    boolean refuse(CloseReason reason) {
        return told(endUndecided(), reason);
    }

    /** Returns whether this call ended the session before its connection; if so, the consumer has been notified. */
    boolean end(CloseReason reason) {
        return told(endEarly(), reason);
    }

    /**
     * Whether a turn may take another message. A turn beyond twice the bound would only fill the memory: it never fits as a whole, so the
     * policy applies before the turn ends.
     */
    boolean admits(TurnOutput turn) {
        return turn.bytes() <= 2L * maxWaitingBytes() || shorten(turn);
    }

    private boolean shorten(TurnOutput turn) {
        WebSocketCounters counters = link.counters();
        switch (settings.slowReader()) {
            case CLOSE -> link.drop(1);
            case DROP_NEWEST -> counters.shed(1);
            case DROP_OLDEST -> {
                if (!turn.isShortened()) {
                    warnOfTooMuch(turn);
                }
                counters.crossed(Limit.MAX_OUTBOUND_BYTES);
                counters.shed(turn.keepLast(maxWaitingBytes()));
                return true;
            }
        }
        return false;
    }

    /** Passes a turn to the connection, or keeps it until the connection is attached. */
    void pass(TurnOutput turn) {
        if (turn.bytes() > maxWaitingBytes() && !turn.isShortened()) {
            warnOfTooMuch(turn);
        }
        if (connection == null && park(turn)) {
            if (isOverfull()) {
                crossedLimits.crossed(Limit.MAX_OUTBOUND_BYTES, words, settings);
                end(TOO_MUCH_OUTPUT);
            }
            return;
        }
        Connection attached = connection;
        if (attached == null) {
            link.drop(turn.messages());
        } else {
            attached.pass(turn);
        }
    }

    /** Closes the connection with 1011 after the pending output, now or when it is attached; any thread. */
    void fail(Compression compression) {
        TurnOutput last = new TurnOutput(0, compression);
        last.consumed();
        last.close(CloseReason.of(CloseCode.INTERNAL_ERROR));
        pass(last);
    }

    // However fast the client reads, this turn does not fit.
    private void warnOfTooMuch(TurnOutput turn) {
        if (warned) {
            return;
        }
        warned = true;
        words.inLogContext(() -> LOG.warn(
                "{}: {} of {} bytes sent at once, of which max-outbound-bytes lets {} wait, however fast the client"
                        + " reads; {}, or raise that key of channels.websocket, or of the endpoint's section",
                words.path(),
                turn.messages() == 1 ? "a message" : turn.messages() + " messages",
                turn.bytes(),
                maxWaitingBytes(),
                turn.messages() == 1 ? "send it in parts" : "send less at once, with drained() in between"));
    }

    /** Closes the connection as soon as it is attached; false if it is attached already, or never will be. */
    synchronized boolean goAway(CloseReason reason) {
        if (isEarly()) {
            goingAway = reason;
            return true;
        }
        return false;
    }

    /** Passes everything that waited to the connection; false if the session has ended before. */
    boolean attach(Connection attached) {
        if (!open(attached)) {
            return false;
        }
        takeWaiting().forEach(attached::take);
        CloseReason reason = goingAway;
        if (reason != null) {
            attached.goAway(reason);
        }
        return true;
    }

    private synchronized boolean open(Connection attached) {
        if (state == State.UNDECIDED || state == State.ATTACHED) {
            throw new IllegalStateException("opened() must follow an acceptance, once; this session is " + state);
        }
        if (state == State.ENDED) {
            return false;
        }
        state = State.ATTACHED;
        connection = attached;
        return true;
    }

    private synchronized boolean park(TurnOutput turn) {
        if (!isEarly()) {
            return false;
        }
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>(2);
        }
        waiting.add(turn);
        waitingBytes += turn.bytes();
        return true;
    }

    private synchronized boolean isOverfull() {
        return waitingBytes > maxWaitingBytes();
    }

    private synchronized List<TurnOutput> takeWaiting() {
        List<TurnOutput> taken = waiting;
        waiting = List.of();
        return taken;
    }

    private boolean told(boolean ended, CloseReason reason) {
        if (ended) {
            takeWaiting().forEach(turn -> link.drop(turn.messages()));
            link.tellClosed(new Inbound.Closed(List.of(), reason));
        }
        return ended;
    }

    private boolean isEarly() {
        return state == State.UNDECIDED || state == State.ACCEPTED;
    }

    private synchronized boolean endUndecided() {
        return change(State.UNDECIDED, State.ENDED);
    }

    private synchronized boolean endEarly() {
        return change(State.ACCEPTED, State.ENDED) || change(State.UNDECIDED, State.ENDED);
    }

    private boolean change(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        return true;
    }
}
