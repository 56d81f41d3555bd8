package org.pekkochannels.websocket;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A raw client, and the transport at the server's end of its connection. */
public abstract class TransportFixture {
    static final long PATIENCE_SECONDS = 10;

    final RecordedEndpoint endpoint = new RecordedEndpoint();
    RawClient client;
    Transport transport;

    /**
     * Connects a client to a server whose transport tells {@code endpoint}, {@link TransportListener#opened} first.
     *
     * @param endpoint what the server's side is given to
     * @return the connected client
     * @throws Exception if that fails
     */
    protected abstract RawClient connect(TransportListener endpoint) throws Exception;

    @BeforeEach
    final void open() throws Exception {
        client = connect(endpoint);
        transport = endpoint.opened.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @AfterEach
    final void close() throws Exception {
        client.close();
    }

    /** Runs a task on the connection's thread and waits for it. */
    final void onThread(Consumer<Transport> task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        transport.execute(() -> {
            task.accept(transport);
            done.complete(null);
        });
        done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static void write(Transport transport, String text) {
        transport.write(ascii(text), 0, text.length());
    }
}
