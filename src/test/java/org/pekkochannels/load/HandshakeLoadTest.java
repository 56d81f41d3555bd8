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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** Many clients that never get beyond their request. */
@Tag("edge")
class HandshakeLoadTest {
    private static final int DRIBBLING = 300;
    private static final int FLOOD = 400;
    private static final int MOST = 50;
    private static final long PAUSE_MILLIS = 10;

    private final Census census = new Census();
    private final CompletableFuture<Void> mayAccept = new CompletableFuture<>();

    private final class Echo extends CountedConsumer {
        Echo(ConsumerContext context) {
            super(context, census);
        }

        @Override
        protected CompletionStage<?> connect() {
            return onTurn(mayAccept).thenCompose(may -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    private RunningApplication start(String config) {
        return RunningApplication.start(config, channels -> channels.websocket("ws/", Echo::new));
    }

    private static void echoes(RunningApplication application, String text) {
        JdkClient client = JdkClient.connect(application.ws("/ws/"));
        assertThat(client.send(text).next()).isEqualTo(text);
        client.close(1000, "");
    }

    @Test
    void cutsThoseWhoDribbleTheirRequestWhileOthersConnect() throws Exception {
        mayAccept.complete(null);
        try (RunningApplication application = start("channels.http { header-timeout = 1s, max-header-bytes = 1 MiB }");
                Selector selector = Selector.open()) {
            for (int i = 0; i < DRIBBLING; i++) {
                dribble(application.port(), selector);
            }

            int rounds = 0;
            while (!selector.keys().isEmpty()) {
                selector.keys().forEach(HandshakeLoadTest::writeOneByte);
                echoes(application, "round " + rounds);
                rounds++;
                selector.select(PAUSE_MILLIS);
                for (SelectionKey key : selector.selectedKeys()) {
                    if (isCut(key)) {
                        key.channel().close();
                    }
                }
                selector.selectedKeys().clear();
                selector.selectNow();
            }

            assertThat(rounds).isGreaterThan(1);
            assertThat(census.came()).isEqualTo(rounds);
            application.awaitNoConnections();
            echoes(application, "still here");
            application.awaitNoConnections();
            census.assertThatEveryoneWentOnce();
        }
    }

    private static void dribble(int port, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.write(StandardCharsets.US_ASCII.encode("GET /ws/ HTTP/1.1\r\nHost: "));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    private static void writeOneByte(SelectionKey key) {
        try {
            ((SocketChannel) key.channel()).write(ByteBuffer.wrap(new byte[] {'x'}));
        } catch (IOException cut) {
            // seen again by who reads
        }
    }

    private static boolean isCut(SelectionKey key) {
        try {
            return ((SocketChannel) key.channel()).read(ByteBuffer.allocate(1024)) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void answers503ToAFloodOfHandshakesAndRecovers() throws Exception {
        try (RunningApplication application =
                start("channels { http.max-websockets = " + MOST + ", websocket.handshake-timeout = 1m }")) {
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < FLOOD; i++) {
                peers.add(Peer.connect(application.port()).write(ClientFrame.upgrade("/ws/")));
            }

            // Those who are refused are answered while the others wait.
            ExecutorService readers = Executors.newFixedThreadPool(FLOOD);
            CompletionService<Integer> answers = new ExecutorCompletionService<>(readers);
            peers.forEach(peer -> answers.submit(peer::answer));
            List<Integer> first = next(FLOOD - MOST, answers);
            mayAccept.complete(null);
            List<Integer> others = next(MOST, answers);
            readers.shutdown();

            assertThat(first).containsOnly(503);
            assertThat(others).containsOnly(101);
            assertThat(census.came()).isEqualTo(MOST);
            for (Peer peer : peers) {
                peer.close();
            }
            application.awaitNoConnections();
            echoes(application, "room again");
            application.awaitNoConnections();
            census.assertThatEveryoneWentOnce();
        }
    }

    private static List<Integer> next(int count, CompletionService<Integer> answers) throws Exception {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(answers.take().get());
        }
        return taken;
    }
}
