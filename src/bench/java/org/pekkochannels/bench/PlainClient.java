package org.pekkochannels.bench;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that shows what is on the wire: it answers nothing by itself. For one thread. */
final class PlainClient implements AutoCloseable {
    private static final int CONTINUES_IN_TWO_BYTES = 126;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;

    private final Socket socket;
    private final DataInputStream in;
    private final String status;

    private PlainClient(Socket socket, String status) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.status = status;
    }

    /** Connects, and waits for the answer. */
    static PlainClient open(int port, String path) throws IOException {
        return open(port, path, "");
    }

    /**
     * Connects with further headers.
     *
     * @param headers lines that each end with CR and LF
     */
    static PlainClient open(int port, String path, String headers) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + headers + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new PlainClient(socket, head(socket));
    }

    /** The status of the answer, or what there was instead. */
    String status() {
        return status;
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        try {
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    return head.isEmpty() ? "no answer" : head.substring(9, 12);
                }
                head.append((char) next);
            }
        } catch (SocketTimeoutException e) {
            return "no answer in 10 s";
        } catch (SocketException e) {
            return "cut off without an answer";
        }
        return head.substring(9, 12);
    }

    void send(String text) throws IOException {
        frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    void closeWithoutCode() throws IOException {
        frame(CLOSE, new byte[0]);
    }

    /** Short, and masked with zeros. */
    private void frame(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(6 + payload.length);
        frame.put((byte) (0x80 | opcode))
                .put((byte) (0x80 | payload.length))
                .putInt(0)
                .put(payload);
        socket.getOutputStream().write(frame.array());
    }

    /** The next text, or how the connection ended. */
    String next() throws IOException {
        try {
            int opcode = in.readUnsignedByte() & 0xf;
            int length = in.readUnsignedByte();
            byte[] payload = new byte[length == CONTINUES_IN_TWO_BYTES ? in.readUnsignedShort() : length];
            in.readFully(payload);
            return opcode == CLOSE ? closing(payload) : new String(payload, StandardCharsets.UTF_8);
        } catch (SocketTimeoutException e) {
            return "nothing in 10 s";
        } catch (EOFException | SocketException e) {
            return "cut off without a close frame";
        }
    }

    private static String closing(byte[] payload) {
        if (payload.length < 2) {
            return "closed with no code";
        }
        String reason = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
        return "closed with " + code + (reason.isEmpty() ? "" : ", \"" + reason + "\"");
    }

    /** Whether the server has not closed it yet, as far as is known without waiting long. */
    boolean isOpen() throws IOException {
        socket.setSoTimeout(200);
        try {
            return (in.readUnsignedByte() & 0xf) != CLOSE;
        } catch (SocketTimeoutException quiet) {
            return true;
        } catch (EOFException | SocketException over) {
            return false;
        } finally {
            socket.setSoTimeout(10_000);
        }
    }

    /** Ends the connection by a reset, so that its port does not wait for its time. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
