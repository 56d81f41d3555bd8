package org.pekkochannels.edge;

import org.pekkochannels.http1.Request;
import org.pekkochannels.http1.RequestHead;

/** Where a request goes once its head is read; immutable. */
sealed interface Destination {
    /** Whether it ends in a WebSocket of ours or in a refusal, an endpoint answers; it has still to be checked. */
    record Endpoint(RequestHead head) implements Destination {}

    /**
     * Pekko HTTP answers.
     *
     * @param request the request
     * @param upgrade whether it is a WebSocket handshake, which has been checked
     */
    record Pages(Request request, boolean upgrade) implements Destination {}
}
