package org.pekkochannels.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Echoes over {@code ws} or {@code wss}, one message under way in each connection: what TLS costs a server.
 *
 * <p>Heavier than the load generator, which speaks no TLS. Any certificate will do.
 */
public final class EchoClient {
    private final WebSocketClient client;
    private final URI uri;
    private final String text;
    private final AtomicLong echoes = new AtomicLong();

    private EchoClient(Vertx vertx, URI uri, int bytes) {
        this.uri = uri;
        text = "x".repeat(bytes);
        client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(Integer.MAX_VALUE)
                .setSsl(uri.getScheme().equals("wss"))
                .setTrustAll(true)
                .setVerifyHost(false));
    }

    /**
     * Prints one line: echoes per second, and microseconds of the server's CPU for each.
     *
     * @param args URI, process id of the server, connections, bytes of a message, seconds of warm-up, seconds measured
     * @throws InterruptedException when it is told to stop
     */
    public static void main(String[] args) throws InterruptedException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        EchoClient load = new EchoClient(vertx, URI.create(args[0]), Integer.parseInt(args[3]));
        load.connect(Integer.parseInt(args[2]));
        TimeUnit.SECONDS.sleep(Integer.parseInt(args[4]));
        ProcessHandle server = ProcessHandle.of(Long.parseLong(args[1])).orElseThrow();
        System.out.println(load.measure(server, Integer.parseInt(args[5])));
        vertx.close();
    }

    private void connect(int connections) {
        for (int i = 0; i < connections; i++) {
            client.connect(uri.getPort(), uri.getHost(), uri.getPath())
                    .onSuccess(this::echo)
                    .onFailure(Throwable::printStackTrace);
        }
    }

    private void echo(WebSocket socket) {
        socket.textMessageHandler(echoed -> {
            if (!echoed.equals(text)) {
                throw new IllegalStateException("an echo of " + echoed.length() + " other characters");
            }
            echoes.incrementAndGet();
            socket.writeTextMessage(text);
        });
        socket.writeTextMessage(text);
    }

    private String measure(ProcessHandle server, int seconds) throws InterruptedException {
        long echoed = echoes.get();
        Duration cpu = cpu(server);
        TimeUnit.SECONDS.sleep(seconds);
        double count = echoes.get() - echoed;
        double micros = cpu(server).minus(cpu).toNanos() / 1000.0 / count;
        return String.format(Locale.ROOT, "%.0f per second, %.2f us of CPU each", count / seconds, micros);
    }

    private static Duration cpu(ProcessHandle server) {
        return server.info().totalCpuDuration().orElseThrow();
    }
}
