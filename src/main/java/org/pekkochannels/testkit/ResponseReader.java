package org.pekkochannels.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Header;

/** Reads the answer to one request: its head, and a body with a length, in chunks, or up to the end. Confined to its owner. */
final class ResponseReader {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int HEXADECIMAL = 16;

    private final boolean ofHead;
    private final ObjectMapper json;
    private @Nullable Head head;

    private record Head(int status, List<Header> headers) {
        Optional<String> header(String name) {
            return headers.stream()
                    .filter(header -> header.is(name))
                    .map(Header::value)
                    .findFirst();
        }

        boolean isChunked() {
            return header("Transfer-Encoding")
                    .filter("chunked"::equalsIgnoreCase)
                    .isPresent();
        }
    }

    /** The answer to a request with or without the method HEAD, whose answer has no body. */
    ResponseReader(boolean ofHead, ObjectMapper json) {
        this.ofHead = ofHead;
        this.json = json;
    }

    /** The answer, if it is complete without the connection's end. */
    Optional<Response> read(ClientBytes bytes, Transcript transcript) {
        if (head == null) {
            bytes.takeHead().ifPresent(text -> readHead(text, transcript));
        }
        Head known = head;
        if (known == null) {
            return Optional.empty();
        }
        Optional<Integer> length = hasNoBody(known)
                ? Optional.of(0)
                : known.header("Content-Length").map(Integer::valueOf);
        return length.filter(count -> count <= bytes.length()).map(count -> response(known, bytes.take(count)));
    }

    private boolean hasNoBody(Head known) {
        return ofHead
                || known.status() == SWITCHING_PROTOCOLS
                || known.status() == NO_CONTENT
                || known.status() == NOT_MODIFIED;
    }

    private void readHead(String text, Transcript transcript) {
        List<String> lines = text.lines().toList();
        transcript.received(lines.get(0).trim());
        head = new Head(
                Integer.parseInt(lines.get(0).split(" ", 3)[1]),
                lines.stream()
                        .skip(1)
                        .filter(line -> line.contains(":"))
                        .map(ResponseReader::header)
                        .toList());
    }

    private static Header header(String line) {
        int colon = line.indexOf(':');
        return new Header(line.substring(0, colon), line.substring(colon + 1).trim());
    }

    /** The answer, after the connection's end; empty if it was cut off. */
    Optional<Response> ended(ClientBytes bytes) {
        Head known = head;
        if (known == null || known.header("Content-Length").isPresent()) {
            return Optional.empty();
        }
        byte[] all = bytes.take(bytes.length());
        return (known.isChunked() ? joined(all) : Optional.of(all)).map(body -> response(known, body));
    }

    /** The chunks of RFC 9112, section 7.1; empty without the last one. */
    private static Optional<byte[]> joined(byte[] chunks) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String text = new String(chunks, StandardCharsets.ISO_8859_1);
        int line = 0;
        for (int end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n", line)) {
            int size =
                    Integer.parseInt(text.substring(line, end).split(";", 2)[0].trim(), HEXADECIMAL);
            int begin = end + 2;
            if (size == 0) {
                return Optional.of(body.toByteArray());
            } else if (begin + size + 2 > chunks.length) {
                return Optional.empty();
            }
            body.write(chunks, begin, size);
            line = begin + size + 2;
        }
        return Optional.empty();
    }

    private Response response(Head known, byte[] body) {
        return new Response(known.status(), known.headers(), body, json);
    }
}
