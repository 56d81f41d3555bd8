package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A client that sends any bytes on one connection and reads each response exactly to its end. A read fails after 20
 * seconds. For one thread.
 */
public final class RawExchange implements AutoCloseable {
    /** The text frame "hello" of a client, with the mask 0. */
    public static final String HELLO = "\u0081\u0085\u0000\u0000\u0000\u0000hello";

    private static final int TEXT_FRAME = 0x81;
    private static final int LENGTH_IN_TWO_BYTES = 126;
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream input;

    /** A response: the head with its last line end, and the decoded body as UTF-8. */
    public record Response(int status, String head, String body) {
        /** The first value of a header. */
        public Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).trim())
                    .findFirst();
        }
    }

    private RawExchange(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new BufferedInputStream(socket.getInputStream());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Connects to a port of this machine. */
    public static RawExchange with(int port) throws IOException {
        return new RawExchange(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** The text with CRLF for each bar. */
    public static String crlf(String lines) {
        return lines.replace("|", "\r\n");
    }

    /** Sends lines in one write: a bar is CRLF, every other character is one byte. */
    public RawExchange send(String lines) throws IOException {
        return sendExactly(crlf(lines));
    }

    /** Sends lines to a server that may end the connection before it has read them. */
    public RawExchange sendInVain(String lines) throws IOException {
        try {
            return send(lines);
        } catch (SocketException ended) {
            return this;
        }
    }

    /** Sends text in one write: every character is one byte. */
    public RawExchange sendExactly(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Ends the client's side of the connection. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads one response. */
    public Response response() throws IOException {
        return response(false);
    }

    /** Reads one response to HEAD, which has no body. */
    public Response responseToHead() throws IOException {
        return response(true);
    }

    /** Reads one response, and proves that the server then ends the connection and sends nothing else. */
    public Response lastResponse() throws IOException {
        Response response = response();
        assertThat(rest()).as("what follows the last response").isEmpty();
        return response;
    }

    /** Reads a number of bytes, as Latin-1. */
    public String read(int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the server has ended after " + latin1(bytes));
        }
        return latin1(bytes);
    }

    /** Reads one text frame, after an upgrade. */
    public String text() throws IOException {
        assertThat(input.read()).as("first byte of a text frame").isEqualTo(TEXT_FRAME);
        int length = input.read();
        if (length == LENGTH_IN_TWO_BYTES) {
            length = input.read() << 8 | input.read();
        }
        return new String(input.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** Reads until the server ends the connection, in order or by a reset. */
    public String rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            for (int next = input.read(); next >= 0; next = input.read()) {
                rest.write(next);
            }
        } catch (SocketException reset) {
            // the server did not want the bytes that it had not read
        }
        return latin1(rest.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Response response(boolean toHead) throws IOException {
        String head = head();
        int status = Integer.parseInt(head.substring(9, 12));
        Response response = new Response(status, head, "");
        boolean without = toHead || status < 200 || status == 204 || status == 304;
        return without ? response : new Response(status, head, new String(body(response), StandardCharsets.UTF_8));
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                throw new EOFException("the server has ended instead of a response, after '" + head + "'");
            }
            head.append((char) next);
        }
        assertThat(head).as("a response").startsWith("HTTP/1.");
        return head.toString();
    }

    private byte[] body(Response response) throws IOException {
        if (response.header("Transfer-Encoding").isPresent()) {
            return chunks();
        }
        Optional<String> length = response.header("Content-Length");
        return length.isPresent() ? input.readNBytes(Integer.parseInt(length.get())) : input.readAllBytes();
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(input.readNBytes(size));
            assertThat(read(2)).isEqualTo("\r\n");
        }
        assertThat(read(2)).as("trailer").isEqualTo("\r\n");
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\r\n") < 0) {
            line.append(read(1));
        }
        return Integer.parseInt(line.substring(0, line.length() - 2), 16);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
