package org.pekkochannels.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A publisher at one node and members at another, on one thread. It sends numbers; each member must receive every number once and in order.
 */
final class NodeLoad implements AutoCloseable {
    private static final int PAYLOAD = 64;
    private static final int DIGITS = 10;
    private static final int HEADER = 6;
    private static final int KEPT = 1 << 16;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final Selector selector = Selector.open();
    private final SocketChannel publisher;
    private final List<Member> members = new ArrayList<>();
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 18);
    private final long[] sentAt = new long[KEPT];
    private final int[] receipts = new int[KEPT];
    private final Latencies latencies = new Latencies();
    private long sent;
    private long complete;

    /** One member's connection, and the number that it expects next. */
    private static final class Member {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 17);
        private long next;

        Member(SocketChannel channel) {
            this.channel = channel;
        }
    }

    /**
     * One window.
     *
     * @param rate messages a second
     * @param p50Micros the median from send, or from when it was due, to a member's receipt
     * @param p99Micros the 99th percentile
     */
    record Result(double rate, double p50Micros, double p99Micros) {}

    NodeLoad(int publishPort, int memberPort, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Member member = new Member(open(memberPort, "/ws/member"));
            members.add(member);
            member.channel.register(selector, SelectionKey.OP_READ, member);
        }
        publisher = open(publishPort, "/ws/publish");
        publisher.register(selector, 0);
    }

    private static SocketChannel open(int port, String path) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        String head = readHead(channel);
        if (!head.contains(" 101 ")) {
            throw new IOException(head);
        }
        channel.configureBlocking(false);
        return channel;
    }

    private static String readHead(SocketChannel channel) throws IOException {
        StringBuilder head = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (head.indexOf("\r\n\r\n") < 0) {
            one.clear();
            if (channel.read(one) < 0) {
                throw new EOFException(head.toString());
            }
            head.append((char) one.get(0));
        }
        return head.toString();
    }

    /** So many in flight; as many as are paced if {@code rate} is above 0. */
    Result run(int inFlight, double rate, double warmUp, double seconds) throws IOException {
        long begun = System.nanoTime();
        long first = sent;
        long measured = begun + (long) (warmUp * 1e9);
        long end = measured + (long) (seconds * 1e9);
        long from = -1;
        long now = begun;
        for (; now < end; now = System.nanoTime()) {
            if (from < 0 && now >= measured) {
                from = complete;
                measured = now;
                latencies.clear();
            }
            if (rate > 0) {
                for (long due = begun + (long) ((sent - first) * 1e9 / rate);
                        due <= now;
                        due = begun + (long) ((sent - first) * 1e9 / rate)) {
                    write(due);
                }
            } else {
                while (sent - complete < inFlight) {
                    write(now);
                }
            }
            flush();
            if (rate > 0) {
                selector.selectNow(this::receive);
            } else {
                selector.select(this::receive, 100);
            }
        }
        Result result =
                new Result((complete - from) * 1e9 / (now - measured), latencies.micros(0.5), latencies.micros(0.99));
        drain();
        return result;
    }

    private void write(long at) throws IOException {
        if (sent - complete >= KEPT - 1) {
            throw new IOException("too many in flight: " + (sent - complete));
        }
        if (out.remaining() < HEADER + PAYLOAD) {
            flush();
        }
        out.put((byte) 0x81).put((byte) (0x80 | PAYLOAD)).putInt(0);
        long rest = sent;
        int begin = out.position();
        for (int i = DIGITS - 1; i >= 0; i--) {
            out.put(begin + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        for (int i = DIGITS; i < PAYLOAD; i++) {
            out.put(begin + i, (byte) 'x');
        }
        out.position(begin + PAYLOAD);
        sentAt[(int) (sent % KEPT)] = at;
        receipts[(int) (sent % KEPT)] = 0;
        sent++;
    }

    private void flush() throws IOException {
        out.flip();
        if (out.hasRemaining()) {
            publisher.write(out);
        }
        out.compact();
    }

    private void receive(SelectionKey key) {
        try {
            if (key.attachment() instanceof Member member) {
                receive(member);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receive(Member member) throws IOException {
        if (member.channel.read(member.in) < 0) {
            throw new EOFException("a member is closed");
        }
        long now = System.nanoTime();
        member.in.flip();
        while (member.in.remaining() >= 2) {
            int length = member.in.get(member.in.position() + 1);
            if (member.in.remaining() < 2 + length) {
                break;
            }
            int at = member.in.position() + 2;
            if (member.in.get(at - 2) == (byte) 0x81) {
                received(member, number(member.in, at), now);
            }
            member.in.position(at + length);
        }
        member.in.compact();
    }

    private static long number(ByteBuffer in, int at) {
        int from = in.get(at) == '"' ? at + 1 : at;
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
            number = 10 * number + in.get(from + i) - '0';
        }
        return number;
    }

    private void received(Member member, long number, long now) throws IOException {
        if (number != member.next) {
            throw new IOException("expected " + member.next + ", received " + number);
        }
        member.next++;
        int slot = (int) (number % KEPT);
        latencies.add(now - sentAt[slot]);
        if (++receipts[slot] == members.size()) {
            complete++;
        }
    }

    private void drain() throws IOException {
        long end = System.nanoTime() + PATIENCE;
        while (complete < sent && System.nanoTime() < end) {
            flush();
            selector.select(this::receive, 10);
        }
        if (complete < sent) {
            throw new IOException((sent - complete) + " messages are missing");
        }
    }

    @Override
    public void close() throws IOException {
        publisher.close();
        for (Member member : members) {
            member.channel.close();
        }
        selector.close();
    }
}
