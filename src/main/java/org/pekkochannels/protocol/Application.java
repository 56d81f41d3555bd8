package org.pekkochannels.protocol;

import java.util.concurrent.CompletionStage;

/**
 * Accepts or refuses connections: a consumer's factory, a router over several of them, or a middleware around one.
 *
 * <p>Called once per upgrade request, on any thread; must not block. If the application throws or returns null, or its stage fails or
 * completes with null, the client receives HTTP status 500 and the failure is logged with the path. If the failure is that of an overloaded
 * or unreachable database, or the stage does not complete within {@code channels.websocket.handshake-timeout}, the client receives 503.
 */
@FunctionalInterface
public interface Application {
    /**
     * Decides what to do with a connection.
     *
     * @param scope what is known about the connection
     * @return a stage of a consumer or a refusal
     */
    CompletionStage<Opening> open(Scope scope);
}
