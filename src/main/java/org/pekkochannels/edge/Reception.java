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
 * Receives a connection's bytes first, on every edge, and again for each later request that Pekko HTTP must not answer. Reads the request's
 * head, then passes the bytes to a session or to Pekko HTTP, or refuses the request.
 *
 * <p>Because it precedes Pekko HTTP, a WebSocket does not pass the HTTP pipeline, and a client that does not complete its request is cut
 * off. Confined to the connection's thread.
 *
 * <p>States: {@code READING} until the head is complete, at most for the header timeout; {@code UNWANTED} for a connection over the bound;
 * {@code DECIDING} while the application and its consumer decide; {@code DONE} when another user has the bytes, or none. Only the decision
 * may be made on another thread; it returns to the connection's thread as a task.
 *
 * <p>A client may leave in each of these states. {@link #lost} then enters {@code DONE} first, so a decision that comes later finds it and
 * releases what the decision holds, instead of answering.
 */
public final class Reception implements TransportListener {
    private static final byte[] NOTHING = {};
    private static final Refusal TOO_MANY =
            Refusal.of(503, "too many connections").because(Refusal.Reason.MAX_CONNECTIONS);
    private static final Refusal LATE = Refusal.of(408, "Request Timeout").because(Refusal.Reason.HEADER_TIMEOUT);

    private final ServedApplication service;
    private final Host host;
    // Completes when the client has left. The consumer's supervisor observes it, because a decision may take long.
    private final CompletableFuture<Done> gone = new CompletableFuture<>();
    private final HeadReader head;
    // The bytes after the head.
    private byte[] early = NOTHING;
    private State state = State.READING;
    private final OwedAnswers.Debt debt;
    // This connection counts among those over the bound that wait for their 503.
    private boolean turnedAway;

    private enum State {
        READING,
        /** There are too many connections. */
        UNWANTED,
        DECIDING,
        /** Another user has the bytes, or none: the client has its refusal, or has left. */
        DONE
    }

    /** A connection whose bytes can be passed on. */
    public interface Host extends Transport {
        /**
         * The two ends of the connection.
         *
         * @return the addresses
         */
        Peers peers();

        /**
         * Where the connection's consumer is spawned.
         *
         * @return the spawner
         */
        ConsumerSpawner consumers();

        /**
         * The materializer for the stream of plain HTTP; called on the connection's thread.
         *
         * @param service the served application
         * @return the system's materializer, unless the connection itself is part of a stream
         */
        default Materializer materializer(ServedApplication service) {
            return ContainedStreams.of(service.system());
        }

        /**
         * Writes the greeting, gives the transport to the user, and passes it the bytes from now on. Called once per user; a connection may
         * have several in turn.
         *
         * @param user receives the bytes
         * @param greeting the bytes to send first
         * @param early the bytes that were read before
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
     * A reception that waits for its first byte, at most for {@code channels.http.header-timeout}.
     *
     * @param service decides
     * @param host the connection
     * @return the reception; {@link #lost} must be called if the connection ends before its bytes were passed on
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
     * Passes the connection to a reception again, for a request that Pekko HTTP must not answer.
     *
     * @param debt the answers that the connection owes
     * @param bytes the bytes of the request, and after it
     * @param left whether the client has ended its side
     */
    static void again(ServedApplication service, Host host, OwedAnswers.Debt debt, byte[] bytes, boolean left) {
        Reception reception = of(service, host, debt);
        // The bridge may have switched it off.
        host.reading(true);
        host.attach(SocketUser.of(reception), NOTHING, bytes);
        // After the bytes, because the client has sent them before its end.
        if (left) {
            reception.left();
        }
    }

    /**
     * Refuses the connection because there are too many, and counts the refusal. It is answered as soon as bytes flow, or cut off at once
     * if too many others wait for that answer.
     */
    public void turnAway() {
        turnedAway = service.mayTurnAway();
        if (turnedAway) {
            state = State.UNWANTED;
            // Counted now, because the client may never complete its TLS handshake.
            logRefused(TOO_MANY);
            service.refused(TOO_MANY);
        } else {
            cut();
        }
    }

    /** The connection is ready, including TLS. */
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
        // a head may arrive in many reads
    }

    @Override
    public void drained() {
        // answers are short
    }

    /** A client that ends its side before it has an answer counts as gone. */
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

    /** The head, or even the TLS handshake, was not complete in time, unless it has completed meanwhile. */
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
                // First: if the decision is made within the next call, these bytes are passed on there.
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

    /**
     * Keeps bytes after the head: the beginning of a plain request's body, or frames of a client that does not wait for its 101. Beyond the
     * bound, reading stops until there is an answer.
     */
    private void keep(byte[] window, int offset, int length) {
        int before = early.length;
        early = Arrays.copyOf(early, before + length);
        System.arraycopy(window, offset, early, before, length);
        if (early.length > service.settings().maxHeaderBytes()) {
            host.reading(false);
        }
    }

    private void decide(Destination destination) {
        // A stopping server waits for the answer from here on.
        debt.owe();
        if (destination instanceof Destination.Endpoint endpoint) {
            await(endpoint.head());
        } else {
            serve((Destination.Pages) destination);
        }
    }

    /** Continues to read while the consumer decides, because only a read detects that the client leaves. */
    private void await(RequestHead request) {
        // First, because the decision may be made within the next call.
        state = State.DECIDING;
        service.upgrade(request, host.peers(), gone, host.consumers()).whenComplete((made, never) -> {
            // The decision may exist already, or be made on this thread if that is an event loop; a task would only
            // delay the answer.
            if (host.inThread()) {
                answer(request, made);
            } else {
                host.execute(() -> answer(request, made));
            }
        });
    }

    /** Catches everything: the calling stage would swallow the failure, and the client would wait. */
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
            // From here on the shutdown waits for the WebSocket's slot instead.
            debt.settle();
            hand(yes.user(), new Handshake(request).accepted(yes.acceptance()));
        }
    }

    /** The bridge takes over the debt, and the bytes after the head. */
    private void serve(Destination.Pages pages) {
        // Pekko HTTP takes no request any more, and would end the connection without an answer.
        if (service.isEnding()) {
            complain(WebSocketSlots.LEAVING);
        } else {
            byte[] rest = early;
            early = NOTHING;
            hand(SocketUser.of(new HttpBridge(service, host, debt, pages, rest)), NOTHING);
        }
    }

    /** The client has ended its side, so a WebSocket is useless to it. */
    private void left() {
        if (state != State.DONE) {
            lost(null);
            host.shutdownOutput();
        }
    }

    private void hand(SocketUser user, byte[] greeting) {
        byte[] rest = early;
        early = NOTHING;
        // The client left while the consumer decided: the user never gets bytes, but must release what it holds.
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

    /** Refuses a request that cannot be parsed. For one that can, the code that decides also writes its log line. */
    private void complain(Refusal refusal) {
        logRefused(refusal);
        refuse(refusal);
    }

    private void logRefused(Refusal refusal) {
        service.logRefused(host.peers(), refusal);
    }

    private void refuse(Refusal refusal) {
        // Counted even if the client has left: the decision was made.
        service.refused(refusal);
        if (state != State.DONE) {
            answer(refusal);
        }
    }

    private void answer(Refusal refusal) {
        // Has no effect after decide(..). A request that was refused earlier has no debt yet, and a stopping server
        // must wait
        // for its answer, too.
        debt.owe();
        state = State.DONE;
        early = NOTHING;
        byte[] answer = Handshake.refused(refusal);
        host.write(answer, 0, answer.length);
        host.flush();
        debt.answered();
        // Closing now could discard the answer, see HttpDeadlines.linger.
        service.deadlines().linger(host, HttpDeadlines.LINGER, host::abort);
    }
}
