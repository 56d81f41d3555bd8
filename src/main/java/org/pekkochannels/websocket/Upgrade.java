package org.pekkochannels.websocket;

import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Refusal;

/**
 * Receives the answer to an upgrade request: one of the two methods is called, at most once, on any thread.
 *
 * <p>Neither is called if the client has left before the answer ({@link Session#lost}). An exception thrown here counts as a failure of the
 * consumer's handler.
 */
public interface Upgrade {
    /**
     * Answer 101 and attach the connection with {@link Session#opened}.
     *
     * @param acceptance the subprotocol and headers of the response; the client offered the subprotocol
     */
    void accepted(Acceptance acceptance);

    /**
     * Answer with an ordinary HTTP response.
     *
     * @param refusal the response
     */
    void refused(Refusal refusal);
}
