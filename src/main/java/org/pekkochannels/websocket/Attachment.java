package org.pekkochannels.websocket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseReason;

/**
 * How a session comes to its connection: the decision, and the turns that must wait for the bytes to flow.
 *
 * <p>Thread-safe: the consumer, the edge's timers and the connection meet here, and whoever comes first decides. Once
 * attached, nobody takes the lock again.
 */
final class Attachment {
    private enum State {
        UNDECIDED,
        ACCEPTED,
        ATTACHED,
        ENDED
    }

    private State state = State.UNDECIDED;
    private List<Turn> waiting = List.of();
    private long waitingBytes;
    private @Nullable CloseReason goingAway;
    private volatile @Nullable Connection connection;

    @Nullable
    Connection connection() {
        return connection;
    }

    /** Whether this was the decision. */
    synchronized boolean accept() {
        return change(State.UNDECIDED, State.ACCEPTED);
    }

    /** Whether this was the decision. */
    synchronized boolean refuse() {
        return change(State.UNDECIDED, State.ENDED);
    }

    /** Whether this ended the time before the connection. */
    synchronized boolean end() {
        return refuse() || change(State.ACCEPTED, State.ENDED);
    }

    /** Keeps a turn for the connection; false if that is there already, or never will be. */
    synchronized boolean park(Turn turn) {
        if (!isEarly()) {
            return false;
        }
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>(2);
        }
        waiting.add(turn);
        waitingBytes += turn.frames().length();
        return true;
    }

    /** Lets the connection go away as soon as it is there; false if it is there already, or never will be. */
    synchronized boolean goAway(CloseReason reason) {
        if (isEarly()) {
            goingAway = reason;
            return true;
        }
        return false;
    }

    synchronized long waitingBytes() {
        return waitingBytes;
    }

    /** The turns that no connection will take. */
    synchronized List<Turn> takeWaiting() {
        List<Turn> taken = waiting;
        waiting = List.of();
        return taken;
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

    private boolean isEarly() {
        return state == State.UNDECIDED || state == State.ACCEPTED;
    }

    private boolean change(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        return true;
    }
}
