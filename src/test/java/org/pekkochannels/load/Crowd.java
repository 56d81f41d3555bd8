package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Many clients on one thread, the test's, that read while it waits: texts of JSON strings that begin with a number of
 * seven digits, in order from 0.
 */
final class Crowd implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 30_000;
    // More than a message.
    private static final int BUFFER = 4096;

    private final Selector selector;
    private final int size;

    private Crowd(Selector selector, int size) {
        this.selector = selector;
        this.size = size;
    }

    /** Connects all at once, and waits until each was answered 101. */
    static Crowd open(int size, int port, String path) throws IOException {
        Crowd crowd = new Crowd(Selector.open(), size);
        for (int i = 0; i < size; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.write(ClientFrame.upgrade(path));
            channel.configureBlocking(false);
            channel.register(crowd.selector, SelectionKey.OP_READ, new Member());
        }
        crowd.readUntil(member -> member.open);
        return crowd;
    }

    /** The start of the message of a number. */
    static String numbered(int number) {
        return "%07d ".formatted(number);
    }

    /** Reads until each has so many messages. */
    void awaitEach(int messages) throws IOException {
        readUntil(member -> member.received == messages);
    }

    private void readUntil(Predicate<Member> satisfied) throws IOException {
        long missing = selector.keys().stream()
                .filter(key -> !satisfied.test(member(key)))
                .count();
        while (missing > 0) {
            int ready = selector.select(PATIENCE_MILLIS);
            assertThat(ready).as("%d of %d wait in vain", missing, size).isPositive();
            for (SelectionKey key : selector.selectedKeys()) {
                boolean before = satisfied.test(member(key));
                member(key).read((SocketChannel) key.channel());
                if (!before && satisfied.test(member(key))) {
                    missing--;
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private static Member member(SelectionKey key) {
        return (Member) key.attachment();
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    /** One client's end. */
    private static final class Member {
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private boolean open;
        private int received;

        void read(SocketChannel channel) throws IOException {
            int count = channel.read(buffer);
            assertThat(count).as("bytes after %d messages", received).isPositive();
            buffer.flip();
            if (!open) {
                open = takeHead();
            }
            boolean more = open;
            while (more) {
                more = takeFrame();
            }
            buffer.compact();
        }

        private boolean takeHead() {
            String head = StandardCharsets.US_ASCII.decode(buffer.duplicate()).toString();
            int end = head.indexOf("\r\n\r\n");
            if (end < 0) {
                return false;
            }
            assertThat(head).startsWith("HTTP/1.1 101 ");
            buffer.position(buffer.position() + end + 4);
            return true;
        }

        private boolean takeFrame() {
            int start = buffer.position();
            if (buffer.remaining() < 4) {
                return false;
            }
            int opcode = buffer.get() & 0xF;
            int length = buffer.get();
            if (length == 126) {
                length = buffer.getShort();
            }
            if (buffer.remaining() < length) {
                buffer.position(start);
                return false;
            }
            ByteBuffer payload = buffer.slice(buffer.position(), length);
            buffer.position(buffer.position() + length);
            assertThat(opcode).isEqualTo(1);
            take(payload);
            return true;
        }

        private void take(ByteBuffer payload) {
            String start = StandardCharsets.US_ASCII.decode(payload.slice(1, 8)).toString();
            assertThat(start).isEqualTo(numbered(received));
            received++;
        }
    }
}
