package org.pekkochannels.protocol;

import java.util.concurrent.CompletionStage;

/**
 * What answers connections: a consumer's factory, a router of them, or a middleware around one.
 *
 * <p>Called once for each upgrade request, on any thread, and must not block. An application that throws anything or returns
 * null, and a stage that fails or gives null, are answered with HTTP status 500 and logged with the path. A stage that does
 * not complete within {@code channels.websocket.handshake-timeout} is answered with 503.
 */
@FunctionalInterface
public interface Application {
    /**
     * Decides what to do with a connection.
     *
     * @param scope what is known about it
     * @return a stage of a consumer or a refusal
     */
    CompletionStage<Opening> open(Scope scope);
}
