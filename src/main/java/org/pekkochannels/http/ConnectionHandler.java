package org.pekkochannels.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.edge.Decision;
import org.pekkochannels.websocket.RequestHead;

/** What the reader of a first request needs to know of the server it belongs to. */
interface ConnectionHandler {
    /** How many bytes a request's head may have. */
    int maxHeaderBytes();

    /** How long a client may take to send its first head. */
    Duration headerTimeout();

    /** The decision about an upgrade; nothing if the request is Pekko HTTP's to answer. */
    Optional<CompletionStage<Decision>> upgrade(RequestHead head, CompletionStage<Done> gone);

    /** The first request was answered with this status, and was not Pekko HTTP's to answer. */
    void refused(int status);

    /** The connection has ended. */
    void ended();

    /** Pekko HTTP for this connection, from its first byte. */
    Flow<ByteString, ByteString, NotUsed> http();
}
