package org.pekkochannels.http;

import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/** What stands between TCP and HTTP: nothing, or TLS. */
interface Security {
    /** Bytes as they are. */
    Security NONE = tcp -> tcp;

    /** One connection: takes what is to be sent, gives what was received. */
    Flow<ByteString, ByteString, NotUsed> over(Flow<ByteString, ByteString, NotUsed> tcp);
}
