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
 * What a client of plain HTTP sends, request by request, in the canonical form that Pekko HTTP gets.
 *
 * <p>One request at a time is in Pekko HTTP: what follows it is held, unread, until its response has begun. A request that
 * is not for Pekko HTTP, as it is for an endpoint or has to be refused, stays here whole; then {@link #isLeaving}. Confined to
 * the connection's thread.
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

    /** What the next byte is. */
    private enum State {
        HEAD,
        BODY,
        /** Not read before the response has begun. */
        NEXT_REQUEST,
        /** A request that is not Pekko HTTP's, and all that follows. */
        LEAVING,
        /** Another protocol's. */
        SWITCHED,
        /** Discarded: the connection ends. */
        REST
    }

    /** What of a request decides where its response ends. */
    enum Kind {
        CURRENT,
        /** Its response has no body. */
        HEAD,
        /** Of HTTP/1.0, which knows no chunks. */
        OLD,
        /** An upgrade, after whose response both directions may belong to another protocol. */
        UPGRADE
    }

    /** What has come to the last request. */
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
     * Reads bytes; those that are not read yet are kept.
     *
     * @throws RefusedRequestException where the framing of a body is malformed; nothing is read any more then
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

    /** A response has begun; reads what was held. */
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
        byte[] early = held;
        if (state != State.LEAVING && state != State.NEXT_REQUEST) {
            held = NOTHING;
            read(early, 0, early.length);
        }
    }

    /** Reads nothing any more: Pekko HTTP has turned away, or the connection is to end. */
    void ignore() {
        state = State.REST;
        held = NOTHING;
        head.reset();
        take();
    }

    boolean hasOutput() {
        return !canonical.isEmpty();
    }

    /** Gives what has been read since the last time. */
    ByteString take() {
        begins = false;
        return canonical.take(HttpInput::bytes);
    }

    /** Whether a request begins in what {@link #take} would give. */
    boolean begins() {
        return begins;
    }

    /** What the last request is. */
    Kind kind() {
        return kind;
    }

    /** Whether more must not be read from the socket now: it would have to be kept. */
    boolean isHolding() {
        return held.length > 0 || state == State.LEAVING;
    }

    /** Whether the next request is not Pekko HTTP's. */
    boolean isLeaving() {
        return state == State.LEAVING;
    }

    /** Whether what comes is thrown away. */
    boolean isIgnoring() {
        return state == State.REST;
    }

    /** Whether a head has begun that is not complete. */
    boolean isInHead() {
        return state == State.HEAD && head.hasBegun();
    }

    /** Whether a request may come, and nothing of it has. */
    boolean isBeforeHead() {
        return state == State.HEAD && !head.hasBegun();
    }

    boolean isInBody() {
        return state == State.BODY;
    }

    /** The request that is not Pekko HTTP's, and what has come after it. */
    byte[] rest() {
        byte[] rest = held;
        held = NOTHING;
        return rest;
    }

    private int readHead(byte[] window, int offset, int count) {
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
            // The reception reads it again, refuses it again, and answers.
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
        // What ends after its response cannot become another protocol.
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
