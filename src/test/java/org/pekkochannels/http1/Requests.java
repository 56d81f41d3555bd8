package org.pekkochannels.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Requests in lines, which end with {@code |}. */
final class Requests {
    private Requests() {}

    static byte[] bytes(String lines) {
        return lines.replace("|", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    static Request read(String lines) throws RefusedRequestException {
        return Request.of(head(lines));
    }

    static RequestHead head(String lines) throws RefusedRequestException {
        HeadReader reader = HeadReader.ofRequests(4096, 4096);
        byte[] bytes = bytes(lines);
        reader.read(bytes, 0, bytes.length);
        if (!reader.isComplete()) {
            throw new IllegalArgumentException("an empty line ends a head, not " + lines);
        }
        return reader.head();
    }

    static String canonical(String lines) throws RefusedRequestException {
        ByteOutput out = new ByteOutput();
        CanonicalHead.write(read(lines), () -> "own:1", out);
        return new String(out.take(Arrays::copyOf), StandardCharsets.UTF_8).replace("\r\n", "|");
    }
}
