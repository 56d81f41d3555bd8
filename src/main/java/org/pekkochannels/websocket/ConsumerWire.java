package org.pekkochannels.websocket;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.protocol.Wire.SharedMessage;
import org.pekkochannels.websocket.codec.Compression;
import org.pekkochannels.websocket.codec.FrameWriter;

/**
 * A session's upper side: makes the decision, and collects the output of a turn.
 *
 * <p>Confined to the consumer's turns. Frames are encoded here, on the consumer's thread; the connection's thread copies them once.
 */
final class ConsumerWire implements Wire {
    // Bounds of a turn's initial capacity, which follows the size of the previous turn; a larger turn grows.
    private static final int FEWEST_TURN_BYTES = 64;
    private static final int MOST_TURN_BYTES = 16 * 1024;
    // As many as channels.consumer.max-foreign-calls permits.
    private static final int MOST_DRAIN_TASKS = 1_000_000;
    // Characters of the client's offers in a message.
    private static final int MOST_SHOWN = 200;

    private enum Decision {
        NONE,
        ACCEPTED,
        REFUSED
    }

    // Compression is responsible for the extensions.
    private static final Set<String> OF_HANDSHAKE = Set.of(
            "connection",
            "upgrade",
            "content-length",
            "transfer-encoding",
            "sec-websocket-accept",
            "sec-websocket-protocol");

    private static final SafeLog LOG = SafeLog.of(ConsumerWire.class);

    private final LogWords words;
    private final List<String> offered;
    private final Upgrade upgrade;
    private final Attachment attachment;
    private final ConsumerLink link;
    private final Compression compression;
    private Decision decision = Decision.NONE;
    private boolean closing;
    private @Nullable TurnOutput turn;
    private int turnBytes = FEWEST_TURN_BYTES;
    // Their difference is the number of pending tasks; each has one writer: the consumer, and the connection's thread.
    private int drainTasks;
    private volatile int drainTasksRun;

    ConsumerWire(
            LogWords words,
            List<String> offered,
            Upgrade upgrade,
            Attachment attachment,
            ConsumerLink link,
            Compression compression) {
        this.words = words;
        this.offered = offered;
        this.upgrade = upgrade;
        this.attachment = attachment;
        this.link = link;
        this.compression = compression;
    }

    @Override
    public void accept(Acceptance acceptance) {
        requireUndecided("accept");
        requireOffered(acceptance);
        requireFree(acceptance);
        Acceptance announced = compression.announce(acceptance);
        decision = Decision.ACCEPTED;
        if (attachment.accept()) {
            upgrade.accepted(announced);
        }
    }

    @Override
    public void refuse(Refusal refusal) {
        requireUndecided("refuse");
        CloseReason reason = new CloseReason(CloseCode.ABNORMAL, "refused with HTTP status " + refusal.status());
        decision = Decision.REFUSED;
        if (attachment.refuse(reason)) {
            upgrade.refused(refusal);
        }
    }

    @Override
    public void send(String text) {
        if (canSend() && attachment.admits(turn())) {
            turn().send(text);
        }
    }

    @Override
    public void send(byte[] bytes) {
        if (canSend() && attachment.admits(turn())) {
            turn().send(bytes);
        }
    }

    @Override
    public void send(SharedMessage message) {
        if (canSend() && attachment.admits(turn())) {
            turn().send(message);
        }
    }

    /** Passed alone, after the turn's earlier output, because only a whole turn can be replaced. */
    @Override
    public void sendLatest(Object key, SharedMessage message) {
        if (canSend()) {
            TurnOutput earlier = turn;
            if (earlier != null && earlier.bytes() > 0) {
                turn = null;
                expectLike(earlier);
                attachment.pass(earlier);
            }
            attachment.pass(new LatestOutput(key, message, compression));
        }
    }

    /**
     * Closes the connection after the pending output; before an acceptance, refuses it with 403. Fails with
     * {@link IllegalArgumentException} for {@link CloseCode#ABNORMAL}, which a close frame cannot contain.
     */
    @Override
    public void close(CloseReason reason) {
        if (reason.code() == CloseCode.ABNORMAL) {
            throw new IllegalArgumentException("close code 1006 means a lost connection and is never sent; use 1011");
        }
        if (decision == Decision.NONE) {
            refuse(Refusal.FORBIDDEN);
        } else if (decision == Decision.ACCEPTED && !closing) {
            closing = true;
            turn().close(reason);
        }
    }

    /** Passed along with the turn, so that the turn's own output counts. */
    @Override
    public void onDrained(Runnable task) {
        int pending = drainTasks - drainTasksRun;
        if (pending >= MOST_DRAIN_TASKS) {
            throw new IllegalStateException("onDrained(..) has " + pending
                    + " pending tasks, the maximum; wait for one before the next is added");
        }
        drainTasks++;
        turn().onDrained(() -> drained(task));
    }

    /** Called on the connection's thread, which other connections share. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the connection's thread writes it.
    private void drained(Runnable task) {
        drainTasksRun++;
        try {
            task.run();
        } catch (Throwable failure) {
            attachment.fail(compression);
            words.inLogContext(
                    () -> LOG.error("{}: a task of onDrained failed; closed with 1011", words.path(), failure));
            FatalErrors.rethrow(failure);
        } finally {
            Thread.interrupted();
        }
    }

    @Override
    public int maxOutboundBytes() {
        return attachment.maxWaitingBytes();
    }

    @Override
    public void endTurn(boolean consumed) {
        if (consumed) {
            turn().consumed();
        }
        TurnOutput ended = turn;
        if (ended != null) {
            turn = null;
            expectLike(ended);
            attachment.pass(ended);
        }
    }

    private TurnOutput turn() {
        TurnOutput current = turn;
        if (current == null) {
            current = new TurnOutput(turnBytes, compression);
            turn = current;
        }
        return current;
    }

    private void expectLike(TurnOutput ended) {
        int bytes = ended.bytes() + FrameWriter.LONGEST_HEADER;
        turnBytes = Math.max(FEWEST_TURN_BYTES, Math.min(bytes, MOST_TURN_BYTES));
    }

    private boolean canSend() {
        if (closing || link.isDisconnected() || decision == Decision.REFUSED) {
            link.drop(1);
            return false;
        }
        if (decision == Decision.NONE) {
            throw new IllegalStateException("nothing can be sent before accept(); accept the connection first");
        }
        return true;
    }

    private void requireUndecided(String verb) {
        if (decision != Decision.NONE) {
            String decided = decision.name().toLowerCase(Locale.ROOT);
            throw new IllegalStateException(
                    verb + "() was called too late, the connection is " + decided + " already; decide once");
        }
    }

    private static void requireFree(Acceptance acceptance) {
        acceptance.headers().stream()
                .map(Header::name)
                .filter(ConsumerWire::isOfHandshake)
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "header '" + name + "' of an acceptance is set by the server; leave it out"
                                    + " (the subprotocol is an argument of accept)");
                });
    }

    private static boolean isOfHandshake(String name) {
        return OF_HANDSHAKE.contains(name.toLowerCase(Locale.ROOT));
    }

    private void requireOffered(Acceptance acceptance) {
        acceptance.subprotocol().filter(chosen -> !offered.contains(chosen)).ifPresent(chosen -> {
            throw new IllegalArgumentException(
                    "subprotocol '" + chosen + "' was not offered; accept one of " + shownOffers() + " or none");
        });
    }

    private String shownOffers() {
        String all = offered.toString();
        return all.length() > MOST_SHOWN ? all.substring(0, MOST_SHOWN) + ".. (" + offered.size() + " offered)" : all;
    }
}
