package org.pekkochannels.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A kept-alive connection with one request in flight. Fails with an IOException on any answer but the expected one, and
 * when the server closes it. Confined to the thread of its selector.
 */
final class PageConnection {
    private static final int READING = SelectionKey.OP_READ;
    private static final int WRITING = SelectionKey.OP_READ | SelectionKey.OP_WRITE;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final PageAnswer answer;
    private final ByteBuffer request;
    private long sentNanos;

    private PageConnection(SocketChannel channel, Selector selector, PageExchange exchange) throws IOException {
        this.channel = channel;
        this.key = channel.register(selector, READING);
        this.answer = new PageAnswer(exchange.answer());
        this.request = exchange.request().duplicate();
    }

    static void open(int port, PageExchange exchange, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        PageConnection connection = new PageConnection(channel, selector, exchange);
        connection.key.attach(connection);
        connection.send();
    }

    /** Sends the request again, from its first byte. */
    void send() throws IOException {
        sentNanos = System.nanoTime();
        request.rewind();
        write();
    }

    /** Goes on after the selector has found it ready; returns whether an answer is complete. */
    boolean goOn() throws IOException {
        if (request.hasRemaining() && key.isWritable()) {
            write();
        }
        if (!key.isReadable() || !answer.read(channel)) {
            return false;
        }
        if (request.hasRemaining()) {
            throw new IOException("answered before the request was sent");
        }
        return true;
    }

    /** How long the last answer took, from the first byte of its request. */
    long nanos() {
        return System.nanoTime() - sentNanos;
    }

    private void write() throws IOException {
        channel.write(request);
        int interest = request.hasRemaining() ? WRITING : READING;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }
}
