package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.websocket.codec.Opcode;

/** A client that sends any bytes, and says what it expects; its methods block, with a limit. For one thread. */
public final class WireClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(30);
    private static final int NORMAL = 1000;

    private final Socket socket;
    private final DataInputStream input;
    private final String head;

    /** A frame that the server sent; {@code first} is its first byte. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    public record Frame(int first, byte[] payload) {
        int opcode() {
            return first & 0x0F;
        }

        int closeCode() {
            return payload.length == 0 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }
    }

    private WireClient(Socket socket, int port, String path, Optional<String> extensions) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        input = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
        send(request(path, extensions));
        head = readHead();
        assertThat(head).startsWith("HTTP/1.1 101 ");
    }

    /** Connects and upgrades, with an offer of extensions or without. */
    public static WireClient connect(int port, String path, Optional<String> extensions) throws IOException {
        return new WireClient(new Socket(), port, path, extensions);
    }

    /** Connects on a socket that was made elsewhere, such as one of TLS, and upgrades. */
    public static WireClient connect(Socket unconnected, int port, String path, Optional<String> extensions)
            throws IOException {
        return new WireClient(unconnected, port, path, extensions);
    }

    private static byte[] request(String path, Optional<String> extensions) {
        String offer = extensions
                .map(value -> "Sec-WebSocket-Extensions: " + value + "\r\n")
                .orElse("");
        return UpgradeRequest.of(path, offer).getBytes(StandardCharsets.US_ASCII);
    }

    private String readHead() throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
            read.append((char) input.readByte());
        }
        return read.toString();
    }

    /** The extensions that the server agreed to, if any. */
    public Optional<String> extensions() {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-extensions:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst();
    }

    /** Sends all in one write. */
    public void send(byte[]... frames) throws IOException {
        socket.getOutputStream().write(ClientFrames.join(frames));
    }

    /** Sends each in a write of its own. */
    void sendEach(byte[]... frames) throws IOException {
        for (byte[] frame : frames) {
            socket.getOutputStream().write(frame);
        }
    }

    /** Sends all in writes of a size. */
    void chop(int size, byte[]... frames) throws IOException {
        byte[] all = ClientFrames.join(frames);
        for (int at = 0; at < all.length; at += size) {
            socket.getOutputStream().write(all, at, Math.min(size, all.length - at));
        }
    }

    /** Waits for the next frame. */
    public Frame read() throws IOException {
        int first = input.readUnsignedByte();
        int length = input.readUnsignedByte();
        assertThat(length).as("masked").isLessThan(0x80);
        long size = length == 126 ? input.readUnsignedShort() : length == 127 ? input.readLong() : length;
        byte[] payload = new byte[(int) size];
        input.readFully(payload);
        return new Frame(first, payload);
    }

    /** The next frame is a whole, uncompressed one of that opcode and payload. */
    void expect(int opcode, byte[] payload) throws IOException {
        Frame frame = read();
        assertThat(frame.first()).as("first byte").isEqualTo(0x80 | opcode);
        assertThat(frame.payload()).isEqualTo(payload);
    }

    void expectText(String text) throws IOException {
        expect(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    void expectPong(String payload) throws IOException {
        expect(Opcode.PONG, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Closes with 1000; the server answers with the same and ends, having sent nothing else. */
    public void close1000() throws IOException {
        send(ClientFrames.close(NORMAL, ""));
        expectEnd(NORMAL);
    }

    /** The next frame is a close frame of that code, and then the server ends. */
    void expectEnd(int code) throws IOException {
        end(read(), code);
    }

    /** As {@link #expectEnd}, after whatever messages were answered before. */
    void expectEndAfterMessages(int code) throws IOException {
        Frame frame = read();
        while (frame.opcode() == Opcode.TEXT || frame.opcode() == Opcode.BINARY) {
            frame = read();
        }
        end(frame, code);
    }

    private void end(Frame frame, int code) throws IOException {
        assertThat(frame.first()).as("first byte of a close frame").isEqualTo(0x88);
        assertThat(frame.closeCode()).as("close code").isEqualTo(code);
        assertThat(input.read()).as("end of stream").isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
