package org.pekkochannels.edge;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.http1.HeadReader;
import org.pekkochannels.http1.RefusedRequestException;
import org.pekkochannels.http1.RequestHead;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.websocket.Handshake;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportListener;

/**
 * Who gets a connection's bytes first, on every edge, and again for each later request that is not Pekko HTTP's: reads the
 * request's head, then hands the bytes to a session or to Pekko HTTP, or refuses.
 *
 * <p>Standing before Pekko HTTP, it spares a WebSocket the HTTP pipeline, and cuts off a client that does not get to the end
 * of its request. Confined to the connection's thread.
 */
public final class Reception implements TransportListener {
    private static final byte[] NOTHING = {};
    private static final Refusal TOO_MANY =
            Refusal.of(503, "too many connections").because(Refusal.Reason.MAX_CONNECTIONS);
    private static final Refusal LATE = Refusal.of(408, "Request Timeout").because(Refusal.Reason.HEADER_TIMEOUT);

    private final ServedApplication service;
    private final Host host;
    private final CompletableFuture<Done> gone = new CompletableFuture<>();
    private final HeadReader head;
    // What has come after the head.
    private byte[] early = NOTHING;
    private State state = State.READING;
    private final OwedAnswers.Debt debt;
    private boolean turnedAway;

    private enum State {
        READING,
        /** There are too many connections. */
        UNWANTED,
        DECIDING,
        /** Somebody else has the bytes, or nobody: the client has its refusal, or has left. */
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
        ConsumerSpawner consumers();

        /**
         * What runs the stream of plain HTTP; asked on the connection's thread.
         *
         * @param service what is served
         * @return the system's materializer, unless the connection is part of a stream itself
         */
        default Materializer materializer(ServedApplication service) {
            return ContainedStreams.of(service.system());
        }

        /**
         * Writes the greeting, tells the user of the transport, and gives it the bytes from now on. Called once for each user,
         * of whom there may be several one after the other.
         *
         * @param user gets them
         * @param greeting what is sent first
         * @param early what was read before
         */
        void attach(SocketUser user, byte[] greeting, byte[] early);
    }

    private Reception(ServedApplication service, Host host, OwedAnswers.Debt debt) {
        this.service = service;
        this.host = host;
        this.debt = debt;
        HttpSettings settings = service.settings();
        this.head = HeadReader.ofRequests(settings.maxHeaderBytes(), settings.maxHeaderFields());
    }

    /**
     * A reception that waits for its first byte, as long as {@code channels.http.header-timeout} allows.
     *
     * @param service decides
     * @param host the connection
     * @return the reception, to be told {@link #lost} if the connection ends before it has handed on its bytes
     */
    public static Reception of(ServedApplication service, Host host) {
        return of(service, host, service.answers().none());
    }

    private static Reception of(ServedApplication service, Host host, OwedAnswers.Debt debt) {
        Reception reception = new Reception(service, host, debt);
        service.deadlines().set(host, service.settings().headerTimeout(), reception::late);
        return reception;
    }

    /**
     * Gives the connection to a reception once more, for a request that Pekko HTTP is not to answer.
     *
     * @param debt what the connection owes
     * @param bytes what has come of the request, and after it
     * @param left whether the client has ended its side
     */
    static void again(ServedApplication service, Host host, OwedAnswers.Debt debt, byte[] bytes, boolean left) {
        Reception reception = of(service, host, debt);
        host.reading(true);
        host.attach(SocketUser.of(reception), NOTHING, bytes);
        if (left) {
            reception.left();
        }
    }

    /**
     * Refuses the connection, of which there are too many, and counts that: with an answer as soon as bytes flow; but
     * where too many wait for theirs already, it is cut at once.
     */
    public void turnAway() {
        turnedAway = service.mayTurnAway();
        if (turnedAway) {
            state = State.UNWANTED;
            logRefused(TOO_MANY);
            service.refused(TOO_MANY);
        } else {
            cut();
        }
    }

    /** Bytes flow from now on, the handshake of TLS is over. */
    @Override
    public void opened(Transport transport) {
        if (state == State.UNWANTED) {
            answer(TOO_MANY);
        }
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        if (state == State.READING) {
            read(window, offset, length);
        } else if (state == State.DECIDING) {
            keep(window, offset, length);
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
        service.deadlines().clear(host);
        state = State.DONE;
        early = NOTHING;
        if (turnedAway) {
            turnedAway = false;
            service.turnedAway();
        }
        debt.settle();
        gone.complete(Done.getInstance());
    }

    /** The head has not come, or not even the end of TLS's handshake; unless it has meanwhile. */
    private void late() {
        if (state == State.READING) {
            complain(LATE);
        } else if (state == State.UNWANTED) {
            host.abort();
        }
    }

    private void read(byte[] window, int offset, int length) {
        try {
            int read = head.read(window, offset, length);
            if (head.isComplete()) {
                service.deadlines().clear(host);
                keep(window, offset + read, length - read);
                decide(service.destination(head.head()));
            }
        } catch (RefusedRequestException refused) {
            refused.spoken()
                    .ifPresent(protocol ->
                            service.misdirected().speaks(protocol, host.peers().client()));
            complain(refused.refusal());
        }
    }

    /** A client should not speak before it has its answer; one that does is heard later, if it is brief. */
    private void keep(byte[] window, int offset, int length) {
        int before = early.length;
        early = Arrays.copyOf(early, before + length);
        System.arraycopy(window, offset, early, before, length);
        if (early.length > service.settings().maxHeaderBytes()) {
            host.reading(false);
        }
    }

    private void decide(Destination destination) {
        debt.owe();
        if (destination instanceof Destination.Endpoint endpoint) {
            await(endpoint.head());
        } else {
            serve((Destination.Pages) destination);
        }
    }

    /** Goes on reading while the consumer decides, for that is how a client that leaves is seen. */
    private void await(RequestHead request) {
        state = State.DECIDING;
        service.upgrade(request, host.peers(), gone, host.consumers()).whenComplete((made, never) -> {
            if (host.inThread()) {
                answer(request, made);
            } else {
                host.execute(() -> answer(request, made));
            }
        });
    }

    /** The stage that calls this keeps to itself what is thrown here, and the client would wait. */
    private void answer(RequestHead request, Decision decision) {
        try {
            decided(request, decision);
        } catch (Throwable failure) {
            host.abort();
            ContainedFailures.of(service.system())
                    .contain(ContainedFailures.Place.CONNECTION, "the answer to an upgrade request", failure);
        }
    }

    private void decided(RequestHead request, Decision decision) {
        if (decision instanceof Decision.Refuse no) {
            refuse(no.refusal());
        } else if (decision instanceof Decision.Accept yes) {
            debt.settle();
            hand(yes.user(), new Handshake(request).accepted(yes.acceptance()));
        }
    }

    /** The bridge takes the debt over, and what has come after the head. */
    private void serve(Destination.Pages pages) {
        if (service.isEnding()) {
            complain(WebSocketSlots.LEAVING);
        } else {
            byte[] rest = early;
            early = NOTHING;
            hand(SocketUser.of(new HttpBridge(service, host, debt, pages, rest)), NOTHING);
        }
    }

    /** The client has ended its side: a WebSocket is nothing to it any more. */
    private void left() {
        if (state != State.DONE) {
            lost(null);
            host.shutdownOutput();
        }
    }

    private void hand(SocketUser user, byte[] greeting) {
        byte[] rest = early;
        early = NOTHING;
        if (state == State.DONE) {
            user.stopped().run();
            return;
        }
        state = State.DONE;
        host.reading(true);
        host.attach(user, greeting, rest);
    }

    private void cut() {
        service.deadlines().clear(host);
        state = State.DONE;
        service.logCut(host.peers().client());
        service.cuts().count(CutConnectionCounters.Limit.MAX_CONNECTIONS);
        host.abort();
    }

    /** Refuses a request that cannot be read; who decides about one that can writes its line too. */
    private void complain(Refusal refusal) {
        logRefused(refusal);
        refuse(refusal);
    }

    private void logRefused(Refusal refusal) {
        service.logRefused(host.peers(), refusal);
    }

    private void refuse(Refusal refusal) {
        service.refused(refusal);
        if (state != State.DONE) {
            answer(refusal);
        }
    }

    private void answer(Refusal refusal) {
        debt.owe();
        state = State.DONE;
        early = NOTHING;
        byte[] answer = Handshake.refused(refusal);
        host.write(answer, 0, answer.length);
        host.flush();
        debt.answered();
        service.deadlines().linger(host, HttpDeadlines.LINGER, host::abort);
    }
}
