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
 */
final class HttpInput {
    private static final byte[] NOTHING = {};

    private final ServedApplication service;
    private final Peers peers;
    private final HeadReader head;
    private final ByteOutput canonical = new ByteOutput();
    private byte[] held = NOTHING;
    private boolean begins;
    private Kind kind = Kind.CURRENT;
    private BodyReader body;
    private State state = State.HEAD;
    private Response response = Response.AWAITED;
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
            at += switch (state) {
                case HEAD -> readHead(window, at, end - at);
                case BODY -> readBody(window, at, end - at);
                case NEXT_REQUEST, LEAVING -> hold(window, at, end - at);
                case SWITCHED -> pass(window, at, end - at);
                case REST -> end - at;
            };
        }
    }

    /** A response has begun; parses the held input. */
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
            held = NOTHING;
            read(early, 0, early.length);
        }
    }

    /** Ignores all further input, because Pekko HTTP reads no more or the connection ends. */
    void ignore() {
        state = State.REST;
        held = NOTHING;
        head.reset();
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
        body = request.framing().reader(service.settings().maxHeaderBytes());
        state = State.BODY;
        if (body.isComplete()) {
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

    private void ignoreNext() {
        if (state != State.BODY) {
            ignore();
        }
    }

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
