package org.pekkochannels.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client's connection from any address of this machine, which sends any bytes. For one thread. */
final class RawHttp implements Closeable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final int BLOCK_BYTES = 8192;

    private final Socket socket;

    /** A whole response. */
    record Answer(int status, String body) {}

    private RawHttp(Socket socket) {
        this.socket = socket;
    }

    static RawHttp connect(int port, String from) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0);
        socket.setTcpNoDelay(true);
        return new RawHttp(socket);
    }

    /** Sends a text, each character as one byte. Does nothing if the connection has ended. */
    void send(String bytes) {
        try {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // The proxy has ended the connection; what it has sent before can still be read.
        }
    }

    /** The next response, 1xx skipped except 101; empty if the connection ends, or if no byte arrives within the time. */
    Optional<Answer> answer(int timeoutMillis) throws IOException {
        socket.setSoTimeout(timeoutMillis);
        try {
            Answer answer = read();
            while (answer.status() < 200 && answer.status() != 101) {
                answer = read();
            }
            return Optional.of(answer);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The text in the next frame of a WebSocket, which is short. */
    String frame() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] head = in.readNBytes(2);
        return head.length < 2 ? "" : new String(in.readNBytes(head[1]), StandardCharsets.UTF_8);
    }

    private Answer read() throws IOException {
        String head = head();
        Matcher length = LENGTH.matcher(head);
        int status = Integer.parseInt(head.substring(9, 12));
        int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
        return new Answer(status, new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1));
    }

    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0 || head.size() > BLOCK_BYTES) {
                throw new IOException("no response: " + text);
            }
            head.write(next);
            text = next == '\n' ? head.toString(StandardCharsets.ISO_8859_1) : text;
        }
        if (!text.startsWith("HTTP/1.")) {
            throw new IOException("no response: " + text);
        }
        return text;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
