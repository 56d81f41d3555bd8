package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** PostgreSQL hears of a cancel before it has got the statement, and forgets it. */
final class LostCancelTest {
    private static final String ENDLESS = "select pg_sleep(3600)";

    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    @Test
    void cancelsAStatementThatReachesTheServerAfterItsFirstCancel() throws IOException {
        try (SlowWire wire = new SlowWire(POSTGRES.port());
                TestDatabase started = TestDatabase.start(
                        TestDatabase.url(POSTGRES.url(wire.port())), "channels.database.threads = 1")) {
            CompletableFuture<String> end = new CompletableFuture<>();

            CompletionStage<Integer> running =
                    started.database.cancelledBy(end).withHandle(handle -> handle.execute(ENDLESS));
            await(wire.statement);
            end.complete("left");

            assertThat(failure(running)).isInstanceOf(DatabaseCancelledException.class);
            assertThat(wire.cancel.getCount())
                    .as("it was sent before the statement")
                    .isZero();
        }
    }

    /** Forwards to the server, but no endless statement before the server has had a cancel. */
    private static final class SlowWire implements Closeable {
        private static final int CANCEL_REQUEST = 80_877_102;

        final CountDownLatch statement = new CountDownLatch(1);
        final CountDownLatch cancel = new CountDownLatch(1);
        private final int server;
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        SlowWire(int server) throws IOException {
            this.server = server;
            start(this::accept);
        }

        int port() {
            return listening.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }

        private void accept() throws IOException {
            while (true) {
                Socket client = listening.accept();
                Socket there = new Socket(InetAddress.getLoopbackAddress(), server);
                start(() -> forward(client, there));
                start(() -> there.getInputStream().transferTo(client.getOutputStream()));
            }
        }

        private void forward(Socket client, Socket there) throws IOException {
            try (client;
                    there) {
                InputStream in = client.getInputStream();
                byte[] bytes = new byte[8192];
                for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
                    byte[] chunk = Arrays.copyOf(bytes, read);
                    if (new String(chunk, StandardCharsets.ISO_8859_1).contains(ENDLESS)) {
                        statement.countDown();
                        await(cancel);
                    }
                    there.getOutputStream().write(chunk);
                    if (isCancel(chunk)) {
                        // The server closes when it has told the process that runs the statement.
                        there.getInputStream().transferTo(client.getOutputStream());
                        cancel.countDown();
                        return;
                    }
                }
            }
        }

        private static boolean isCancel(byte[] chunk) {
            return chunk.length >= 16 && ByteBuffer.wrap(chunk).getInt(4) == CANCEL_REQUEST;
        }

        private static void start(Forwarding forwarding) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            forwarding.run();
                        } catch (IOException closed) {
                            // That is its end.
                        }
                    },
                    "slow-wire");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @FunctionalInterface
    private interface Forwarding {
        void run() throws IOException;
    }
}
