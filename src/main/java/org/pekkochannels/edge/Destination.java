package org.pekkochannels.edge;

import org.pekkochannels.http1.Request;
import org.pekkochannels.http1.RequestHead;

/** Where a request is routed once its head is read. Immutable. */
sealed interface Destination {
    /** An endpoint answers, with a WebSocket or a refusal; the handshake is not checked yet. */
    record Endpoint(RequestHead head) implements Destination {}

    /**
     * Pekko HTTP answers.
     *
     * @param request the request
     * @param upgrade whether it is a WebSocket handshake, which has been checked
     */
    record Pages(Request request, boolean upgrade) implements Destination {}
}
