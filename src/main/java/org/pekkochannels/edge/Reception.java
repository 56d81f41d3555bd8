package org.pekkochannels.edge;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.websocket.Endpoint;
import org.pekkochannels.websocket.Handshake;
import org.pekkochannels.websocket.RequestHead;
import org.pekkochannels.websocket.Transport;

/**
 * Who gets a connection's bytes first, for edges without a pipeline of their own: reads the head of the first request, then
 * hands the bytes to a session or to Pekko HTTP, or refuses.
 *
 * <p>Confined to the connection's thread.
 */
public final class Reception implements Endpoint {
    private static final byte[] NOTHING = {};
    // As long as other servers' lingering close: a client on a slow line needs that to take an answer in.
    static final Duration LINGER = Duration.ofSeconds(2);

    private final Service service;
    private final Host host;
    private final CompletableFuture<Done> gone = new CompletableFuture<>();
    private byte[] bytes = NOTHING;
    private State state = State.READING;
    private long deadline;

    private enum State {
        READING,
        /** There are too many connections. */
        UNWANTED,
        DECIDING,
        REFUSED,
        /** Somebody else has the bytes, or the client has left. */
        DONE
    }

    /** A connection whose bytes can be handed on. */
    public interface Host extends Transport {
        /**
         * Whom the connection is between.
         *
         * @return the addresses
         */
        Peers peers();

        /**
         * Where the connection's consumer is spawned.
         *
         * @return the place
         */
        Consumers consumers();

        /**
         * Writes the greeting, tells the user of the transport, and gives it the bytes from now on.
         *
         * @param user gets them
         * @param greeting what is sent first
         * @param early what was read before
         */
        void attach(SocketUser user, byte[] greeting, byte[] early);
    }

    /**
     * A reception that waits for its first byte.
     *
     * @param service decides
     * @param host the connection
     * @param nanoTime now, as of {@link System#nanoTime}
     */
    public Reception(Service service, Host host, long nanoTime) {
        this.service = service;
        this.host = host;
        this.deadline = nanoTime + service.settings().headerTimeout().toNanos();
    }

    /** Refuses the connection, of which there are too many, as soon as bytes flow; it was counted already. */
    public void turnAway() {
        state = State.UNWANTED;
    }

    /** Bytes flow from now on, the handshake of TLS is over. */
    @Override
    public void opened(Transport transport) {
        if (state == State.UNWANTED) {
            answer(Service.TOO_MANY, System.nanoTime());
        }
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        int seen = bytes.length;
        bytes = Arrays.copyOf(bytes, seen + length);
        System.arraycopy(window, offset, bytes, seen, length);
        if (state == State.READING) {
            read(seen);
        } else if (state == State.DECIDING && bytes.length > service.settings().maxHeaderBytes()) {
            // A client should not speak before it has its answer; one that does is heard later, if it is brief.
            host.reading(false);
        }
    }

    @Override
    public void readDone() {
        // a head may come in many reads
    }

    @Override
    public void drained() {
        // answers are short
    }

    /** Before there is an answer, a client that ends its side has left. */
    @Override
    public void lost(@Nullable Throwable why) {
        state = State.DONE;
        bytes = NOTHING;
        gone.complete(Done.getInstance());
    }

    @Override
    public void tick(long nanoTime) {
        if (nanoTime - deadline < 0) {
            return;
        }
        if (state == State.READING) {
            refuse(Refusal.of(408, "Request Timeout"), nanoTime);
        } else if (state == State.REFUSED || state == State.UNWANTED) {
            host.abort();
        }
    }

    private void read(int seen) {
        int length = RequestHead.length(bytes, seen, bytes.length);
        int most = service.settings().maxHeaderBytes();
        if (length > most || (length < 0 && bytes.length > most)) {
            refuse(Refusal.of(431, "request head must be at most " + most + " bytes"));
        } else if (length >= 0) {
            decide(length);
        }
    }

    private void decide(int length) {
        Optional<RequestHead> head = RequestHead.parse(bytes, length);
        if (head.isEmpty()) {
            refuse(Refusal.of(400, "malformed request"));
            return;
        }
        service.upgrade(head.get(), host.peers(), gone, host.consumers())
                .ifPresentOrElse(decision -> await(head.get(), length, decision), this::serveHttp);
    }

    /** Goes on reading while the consumer decides, for that is how a client that leaves is seen. */
    private void await(RequestHead head, int length, CompletionStage<Decision> decision) {
        state = State.DECIDING;
        bytes = length == bytes.length ? NOTHING : Arrays.copyOfRange(bytes, length, bytes.length);
        decision.whenComplete((made, never) -> {
            if (host.inThread()) {
                decided(head, made);
            } else {
                host.execute(() -> decided(head, made));
            }
        });
    }

    private void decided(RequestHead head, Decision decision) {
        if (decision instanceof Decision.Refuse no) {
            refuse(no.refusal());
        } else if (decision instanceof Decision.Accept yes) {
            hand(yes.user(), new Handshake(head).accepted(yes.acceptance()));
        }
    }

    private void serveHttp() {
        HttpBridge bridge = new HttpBridge(service, host.peers());
        hand(new SocketUser(bridge, transport -> {}, () -> {}), NOTHING);
    }

    private void hand(SocketUser user, byte[] greeting) {
        byte[] early = bytes;
        bytes = NOTHING;
        if (state == State.DONE) {
            user.stopped().run();
            return;
        }
        state = State.DONE;
        host.reading(true);
        host.attach(user, greeting, early);
    }

    private void refuse(Refusal refusal) {
        refuse(refusal, System.nanoTime());
    }

    private void refuse(Refusal refusal, long nanoTime) {
        service.refused(refusal.status());
        answer(refusal, nanoTime);
    }

    /** Answers, ends our side, and reads on for a while: closing upon unread bytes would reset the answer away. */
    private void answer(Refusal refusal, long nanoTime) {
        bytes = NOTHING;
        if (state != State.DONE) {
            state = State.REFUSED;
            deadline = nanoTime + LINGER.toNanos();
            byte[] answer = Handshake.refused(refusal);
            host.write(answer, 0, answer.length);
            host.flush();
            host.shutdownOutput();
        }
    }
}
