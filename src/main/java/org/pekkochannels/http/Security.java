package org.pekkochannels.http;

import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/** The layer between TCP and HTTP: none, or TLS. */
interface Security {
    /** No encryption. */
    Security NONE = tcp -> tcp;

    /** One connection: takes output in plain text, and emits input in plain text. */
    Flow<ByteString, ByteString, NotUsed> over(Flow<ByteString, ByteString, NotUsed> tcp);
}
