package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client without manners: it reads only when told to, and leaves as it likes. Blocking; for one thread. */
final class Peer implements AutoCloseable {
    // So little that the kernel takes not much for a client that does not read.
    private static final int RECEIVE_BUFFER = 16 * 1024;

    private final SocketChannel channel;
    private final DataInputStream input;

    /** A server's frame: opcode and payload. */
    record Frame(int opcode, ByteBuffer payload) {
        static final int CLOSE = 8;

        String text() {
            return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
        }

        int closeCode() {
            assertThat(opcode).as("opcode of '%s'", text()).isEqualTo(CLOSE);
            return payload.getShort(0);
        }
    }

    private Peer(SocketChannel channel) {
        this.channel = channel;
        this.input = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    }

    /** Connects, and says nothing. */
    static Peer connect(int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new Peer(channel);
    }

    /** Connects and is answered 101. */
    static Peer open(int port, String path) throws IOException {
        Peer peer = connect(port).write(ClientFrame.upgrade(path));
        assertThat(peer.answer()).isEqualTo(101);
        return peer;
    }

    SocketChannel channel() {
        return channel;
    }

    Peer write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return this;
    }

    /** Reads the head of the answer to an upgrade request; returns its status. */
    int answer() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) input.readUnsignedByte());
        }
        return Integer.parseInt(head.substring(9, 12));
    }

    Frame next() throws IOException {
        int opcode = input.readUnsignedByte() & 0xF;
        int length = input.readUnsignedByte();
        if (length == 126) {
            length = input.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(input.readLong());
        }
        byte[] payload = new byte[length];
        input.readFully(payload);
        return new Frame(opcode, ByteBuffer.wrap(payload));
    }

    /** Ends what it says, and hears the server out. */
    void finish() throws IOException {
        channel.shutdownOutput();
        input.transferTo(OutputStream.nullOutputStream());
        channel.close();
    }

    void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
