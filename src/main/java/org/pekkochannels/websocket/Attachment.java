package org.pekkochannels.websocket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.websocket.codec.Compression;

/**
 * How a session comes to its connection: the decision, and the turns that must wait for the bytes to flow.
 *
 * <p>Thread-safe: the consumer, the edge's timers and the connection meet here, and whoever comes first decides. Once
 * attached, nobody takes the lock again.
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
    private final String path;
    private final int maxWaitingBytes;
    private final SlowReader policy;
    private State state = State.UNDECIDED;
    private List<TurnOutput> waiting = List.of();
    private long waitingBytes;
    // One line for each connection, as a client may bring about the same for each of its messages.
    private boolean warned;
    private @Nullable CloseReason goingAway;
    private volatile @Nullable Connection connection;

    Attachment(ConsumerLink link, String path, int maxWaitingBytes, SlowReader policy) {
        this.link = link;
        this.path = path;
        this.maxWaitingBytes = maxWaitingBytes;
        this.policy = policy;
    }

    int maxWaitingBytes() {
        return maxWaitingBytes;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    /** Whether this was the decision. */
    synchronized boolean accept() {
        return change(State.UNDECIDED, State.ACCEPTED);
    }

    /** Whether this was the decision; then the consumer has been told. */
    boolean refuse(CloseReason reason) {
        return told(endUndecided(), reason);
    }

    /** Whether this ended the time before the connection; then the consumer has been told. */
    boolean end(CloseReason reason) {
        return told(endEarly(), reason);
    }

    /**
     * Whether a turn takes one more message. Beyond twice the bound it could only fill the memory: it never has room as a whole,
     * so the policy applies before it ends.
     */
    boolean admits(TurnOutput turn) {
        return turn.bytes() <= 2L * maxWaitingBytes || shorten(turn);
    }

    private boolean shorten(TurnOutput turn) {
        WebSocketCounters counters = link.counters();
        switch (policy) {
            case CLOSE -> link.drop(1);
            case DROP_NEWEST -> counters.shed(1);
            case DROP_OLDEST -> {
                if (!turn.isShortened()) {
                    warnOfTooMuch(turn);
                }
                counters.crossed(Limit.MAX_OUTBOUND_BYTES);
                counters.shed(turn.keepLast(maxWaitingBytes));
                return true;
            }
        }
        return false;
    }

    /** Takes a turn to the connection, or keeps it until that is there. */
    void pass(TurnOutput turn) {
        if (turn.bytes() > maxWaitingBytes && !turn.isShortened()) {
            warnOfTooMuch(turn);
        }
        if (connection == null && park(turn)) {
            if (isOverfull()) {
                link.counters().crossed(Limit.MAX_OUTBOUND_BYTES);
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

    /** Closes the connection with 1011 after what was sent, now or as soon as it is there; any thread. */
    void fail(Compression compression) {
        TurnOutput last = new TurnOutput(0, compression);
        last.consumed();
        last.close(CloseReason.of(CloseCode.INTERNAL_ERROR));
        pass(last);
    }

    // No client reads so fast that it would have room.
    private void warnOfTooMuch(TurnOutput turn) {
        if (warned) {
            return;
        }
        warned = true;
        LOG.warn(
                "{}: {} of {} bytes sent at once, of which max-outbound-bytes lets {} wait, however fast the client"
                        + " reads; {}, or raise that key of channels.websocket, or of the endpoint's section",
                path,
                turn.messages() == 1 ? "a message" : turn.messages() + " messages",
                turn.bytes(),
                maxWaitingBytes,
                turn.messages() == 1 ? "send it in parts" : "send less at once, with drained() in between");
    }

    /** Lets the connection go away as soon as it is there; false if it is there already, or never will be. */
    synchronized boolean goAway(CloseReason reason) {
        if (isEarly()) {
            goingAway = reason;
            return true;
        }
        return false;
    }

    /** Gives the connection what has waited for it; false if the session has ended before. */
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
        return waitingBytes > maxWaitingBytes;
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
