package org.pekkochannels.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A request of {@link PageClient} and the body of its answer; the buffer is read-only, and each user has a duplicate of it.
 *
 * @param connections how many connections send it, each again after its answer
 * @param request head and body as they are sent, in a direct buffer
 * @param answer the body of the answer
 */
record PageExchange(int connections, ByteBuffer request, String answer) {
    private static final byte[] CHUNK_END = ascii("\r\n");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");

    /** A GET of {@code /page}. */
    static PageExchange page(int connections) {
        return of(connections, ascii(head("GET /page", "")), Pages.TEXT);
    }

    /** A POST to {@code /upload} with a Content-Length. */
    static PageExchange upload(int connections, int bytes) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(ascii(head("POST /upload", "Content-Length: " + bytes + "\r\n")));
        request.writeBytes(body(bytes));
        return of(connections, request.toByteArray(), String.valueOf(bytes));
    }

    /** A POST to {@code /upload} in chunks of {@code chunkBytes}; the last one may be shorter. */
    static PageExchange chunked(int connections, int bytes, int chunkBytes) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(ascii(head("POST /upload", "Transfer-Encoding: chunked\r\n")));
        for (int left = bytes; left > 0; left -= chunkBytes) {
            byte[] chunk = body(Math.min(left, chunkBytes));
            request.writeBytes(ascii(Integer.toHexString(chunk.length) + "\r\n"));
            request.writeBytes(chunk);
            request.writeBytes(CHUNK_END);
        }
        request.writeBytes(LAST_CHUNK);
        return of(connections, request.toByteArray(), String.valueOf(bytes));
    }

    private static PageExchange of(int connections, byte[] request, String answer) {
        ByteBuffer direct =
                ByteBuffer.allocateDirect(request.length).put(request).flip();
        return new PageExchange(connections, direct.asReadOnlyBuffer(), answer);
    }

    private static String head(String line, String length) {
        return line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: page-client\r\nAccept: */*\r\n" + length + "\r\n";
    }

    private static byte[] body(int bytes) {
        byte[] body = new byte[bytes];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
