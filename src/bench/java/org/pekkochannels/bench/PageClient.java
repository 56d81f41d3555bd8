package org.pekkochannels.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A closed-loop HTTP client: one thread, some kept-alive connections, one request in flight in each.
 *
 * <p>It does as little as it can for an exchange: the request is ready in a direct buffer, and the answer is compared
 * where it was read. Confined to the calling thread.
 */
final class PageClient implements AutoCloseable {
    // Far more than an upload takes; a server that is silent for so long has lost a request.
    private static final long STALL_MILLIS = 10_000;

    private final ServerProcess server;
    private final Selector selector;
    private final Latencies latencies = new Latencies();

    private PageClient(ServerProcess server, Selector selector) {
        this.server = server;
        this.selector = selector;
    }

    /** Measures one window; empty, with the reason on standard error, if an answer was wrong or missing. */
    static Optional<Window> run(PageExchange exchange, ServerProcess server, double warmUp, double seconds) {
        try (PageClient client = new PageClient(server, Selector.open())) {
            for (int i = 0; i < exchange.connections(); i++) {
                PageConnection.open(server.port(), exchange, client.selector);
            }
            return Optional.of(client.measure(warmUp, seconds));
        } catch (IOException e) {
            System.err.printf("a window of %s does not count: %s%n", server.name(), e);
            return Optional.empty();
        }
    }

    private Window measure(double warmUp, double seconds) throws IOException {
        exchange(warmUp);
        latencies.clear();
        Usage before = Usage.of(server);
        exchange(seconds);
        return Usage.of(server).since(before, latencies);
    }

    private void exchange(double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        while (System.nanoTime() - end < 0) {
            if (selector.select(STALL_MILLIS) == 0) {
                throw new IOException("no answer within " + STALL_MILLIS + " ms");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                goOn((PageConnection) key.attachment());
            }
            selector.selectedKeys().clear();
        }
    }

    private void goOn(PageConnection connection) throws IOException {
        if (connection.goOn()) {
            latencies.add(connection.nanos());
            connection.send();
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
