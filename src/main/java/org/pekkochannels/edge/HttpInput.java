package org.pekkochannels.edge;

import java.util.Arrays;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.http1.BodyReader;
import org.pekkochannels.http1.ByteOutput;
import org.pekkochannels.http1.CanonicalHead;
import org.pekkochannels.http1.HeadReader;
import org.pekkochannels.http1.RefusedRequestException;
import org.pekkochannels.http1.Request;

/**
 * The input of a plain HTTP client, request by request, in the canonical form for Pekko HTTP.
 *
 * <p>Pekko HTTP has at most one request at a time: later input is held, unparsed, until the response has begun. A request that Pekko HTTP
 * must not answer, because it is for an endpoint or must be refused, is kept here whole; then {@link #isLeaving}. Confined to the
 * connection's thread.
 *
 * <p>Two facts decide what follows a request's last byte: whether its response has begun, and whether the connection ends after it. The
 * response may begin before the body's end, when a page answers early. So both are kept beside the state, in {@link #response} and
 * {@link #last}, and {@link #end} combines them.
 */
final class HttpInput {
    private static final byte[] NOTHING = {};

    private final ServedApplication service;
    private final Peers peers;
    private final HeadReader head;
    private final ByteOutput canonical = new ByteOutput();
    // Bytes that must not be parsed yet. In LEAVING: all bytes from the first one of the request.
    private byte[] held = NOTHING;
    // A request begins in the output that was not taken yet.
    private boolean begins;
    private Kind kind = Kind.CURRENT;
    private BodyReader body;
    private State state = State.HEAD;
    private Response response = Response.AWAITED;
    // The client has sent Connection: close, or HTTP/1.0 without keep-alive: nothing follows this request.
    private boolean last;

    /** What the next byte belongs to. */
    private enum State {
        HEAD,
        BODY,
        /** Not parsed before the response has begun. */
        NEXT_REQUEST,
        /** A request that Pekko HTTP must not answer, and all that follows. */
        LEAVING,
        /** Another protocol. */
        SWITCHED,
        /** Discarded, because the connection ends. */
        REST
    }

    /** What determines the end of a request's response. */
    enum Kind {
        CURRENT,
        /** Its response has no body. */
        HEAD,
        /** HTTP/1.0, which has no chunks. */
        OLD,
        /** An upgrade, after whose response both directions may use another protocol. */
        UPGRADE
    }

    /** How far the response to the last request is. */
    private enum Response {
        AWAITED,
        BEGUN,
        /** The connection ends after it. */
        LAST
    }

    /** The input of a connection, after the head of its first request. */
    HttpInput(ServedApplication service, Peers peers, Destination.Pages first) {
        this.service = service;
        this.peers = peers;
        this.head = HeadReader.ofRequests(
                service.settings().maxHeaderBytes(), service.settings().maxHeaderFields());
        take(first);
    }

    /**
     * Parses bytes; those that must wait are kept.
     *
     * @throws RefusedRequestException if the framing of a body is malformed; later input is ignored
     */
    void read(byte[] window, int offset, int count) throws RefusedRequestException {
        int end = offset + count;
        int at = offset;
        while (at < end) {
            // One read may contain the end of a body, a head, and bytes that must wait.
            at += switch (state) {
                case HEAD -> readHead(window, at, end - at);
                case BODY -> readBody(window, at, end - at);
                case NEXT_REQUEST, LEAVING -> hold(window, at, end - at);
                case SWITCHED -> pass(window, at, end - at);
                case REST -> end - at;
            };
        }
    }

    /**
     * A response has begun; parses the held input.
     *
     * <p>A 101 switches in any state. An ordinary response leaves the state BODY alone, because the rest of the body still belongs
     * to the current request.
     *
     * @throws RefusedRequestException as {@link #read}, for the held input
     */
    void begun(HttpExchange.Part part) throws RefusedRequestException {
        if (part == HttpExchange.Part.SWITCH) {
            state = State.SWITCHED;
        } else if (part == HttpExchange.Part.BEGINNING_OF_LAST) {
            response = Response.LAST;
            ignoreNext();
        } else if (part == HttpExchange.Part.BEGINNING) {
            response = Response.BEGUN;
            state = state == State.NEXT_REQUEST ? State.HEAD : state;
        }
        // Held bytes are parsed only now: until a response begins, the next request must not reach Pekko HTTP.
        byte[] early = held;
        if (state != State.LEAVING && state != State.NEXT_REQUEST) {
            // Before the loop, which may hold the end of these bytes again.
            held = NOTHING;
            read(early, 0, early.length);
        }
    }

    /** Ignores all further input, because Pekko HTTP reads no more or the connection ends. */
    void ignore() {
        state = State.REST;
        held = NOTHING;
        head.reset();
        // Drops output that was not given to the stream.
        take();
    }

    boolean hasOutput() {
        return !canonical.isEmpty();
    }

    /** Returns the input that was parsed since the last call. */
    ByteString take() {
        begins = false;
        return canonical.take(HttpInput::bytes);
    }

    /** Whether a request begins in the result of {@link #take}. */
    boolean begins() {
        return begins;
    }

    /** The kind of the last request. */
    Kind kind() {
        return kind;
    }

    /** Whether the socket must not be read now, because the bytes would have to be kept. */
    boolean isHolding() {
        return held.length > 0 || state == State.LEAVING;
    }

    /** Whether Pekko HTTP must not answer the next request. */
    boolean isLeaving() {
        return state == State.LEAVING;
    }

    /** Whether input is discarded. */
    boolean isIgnoring() {
        return state == State.REST;
    }

    /** Whether a head has begun that is not complete. */
    boolean isInHead() {
        return state == State.HEAD && head.hasBegun();
    }

    /** Whether a request may arrive, and none of it has. */
    boolean isBeforeHead() {
        return state == State.HEAD && !head.hasBegun();
    }

    boolean isInBody() {
        return state == State.BODY;
    }

    /** The request that Pekko HTTP must not answer, and the bytes after it. */
    byte[] rest() {
        byte[] rest = held;
        held = NOTHING;
        return rest;
    }

    private int readHead(byte[] window, int offset, int count) {
        // If Pekko HTTP must not answer the request, its bytes are restored: those that the reader kept, then this
        // window.
        int begun = head.kept();
        try {
            // Stops exactly after the head; the loop continues with what the state is then.
            int read = head.read(window, offset, count);
            if (head.isComplete()) {
                Destination destination = service.destination(head.head());
                if (!(destination instanceof Destination.Pages pages)) {
                    return leave(window, offset, count, begun);
                }
                head.reset();
                take(pages);
            }
            return read;
        } catch (RefusedRequestException refused) {
            // The reception reads the request again, refuses it again, and answers.
            return leave(window, offset, count, begun);
        }
    }

    /** Takes the rest of the window: what follows such a request is the reception's, too. */
    private int leave(byte[] window, int offset, int count, int begun) {
        state = State.LEAVING;
        held = head.kept(begun);
        head.reset();
        return hold(window, offset, count);
    }

    private void take(Destination.Pages pages) {
        Request request = pages.request();
        last = request.isLast();
        response = Response.AWAITED;
        begins = true;
        // A connection that ends after its response cannot switch to another protocol.
        boolean upgrade = pages.upgrade() && !last;
        kind = upgrade ? Kind.UPGRADE : kind(request);
        if (upgrade) {
            CanonicalHead.writeUpgrade(request, peers::host, canonical);
        } else {
            CanonicalHead.write(request, peers::host, canonical);
        }
        // A trailer section is bounded like a head.
        body = request.framing().reader(service.settings().maxHeaderBytes());
        state = State.BODY;
        if (body.isComplete()) {
            // No body, so no byte follows that could call this.
            end();
        }
    }

    private static Kind kind(Request request) {
        if (request.head().method().equals("HEAD")) {
            return Kind.HEAD;
        }
        return request.head().version().equals("HTTP/1.1") ? Kind.CURRENT : Kind.OLD;
    }

    private int readBody(byte[] window, int offset, int count) throws RefusedRequestException {
        int read = body.read(window, offset, count, canonical);
        if (body.isComplete()) {
            end();
        }
        return read;
    }

    /** The request is complete. */
    private void end() {
        // BEGUN: the response has begun before the end of the request's body, so the next head may be parsed at once.
        if (last || response == Response.LAST) {
            state = State.REST;
        } else {
            state = response == Response.BEGUN ? State.HEAD : State.NEXT_REQUEST;
        }
    }

    /** After the last response of a connection. The rest of the current body is still passed on; {@link #end} then ignores the rest. */
    private void ignoreNext() {
        if (state != State.BODY) {
            ignore();
        }
    }

    /** Bounded by what the edge reads before {@code readDone()}: then {@link #isHolding} stops the reading. */
    private int hold(byte[] window, int offset, int count) {
        int before = held.length;
        held = Arrays.copyOf(held, before + count);
        System.arraycopy(window, offset, held, before, count);
        return count;
    }

    private int pass(byte[] window, int offset, int count) {
        canonical.write(window, offset, count);
        return count;
    }

    private static ByteString bytes(byte[] array, int count) {
        return ByteString.fromArrayUnsafe(array, 0, count);
    }
}
