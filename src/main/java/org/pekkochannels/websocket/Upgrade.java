package org.pekkochannels.websocket;

import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Refusal;

/**
 * How an edge hears the answer to an upgrade request: one of the two methods, at most once, on any thread.
 *
 * <p>Neither is called when the client has left before the answer ({@link Session#lost}). An exception that is thrown
 * here counts as a failure of the consumer's handler.
 */
public interface Upgrade {
    /**
     * Answer 101 and attach the connection with {@link Session#opened}.
     *
     * @param acceptance the subprotocol and headers of the response; the subprotocol is one that the client offered
     */
    void accepted(Acceptance acceptance);

    /**
     * Answer with an ordinary HTTP response.
     *
     * @param refusal the response
     */
    void refused(Refusal refusal);
}
