package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;

/** A session whose consumer runs on a thread of its own, as under an edge on another dispatcher. */
class SessionThreadsTest {
    private static final int MESSAGES = 1_000;
    private static final int BYTES = 4;

    private final ExecutorService consumer = Executors.newSingleThreadExecutor();
    private final MemoryPipe toServer = new MemoryPipe();
    private final MemoryPipe fromServer = new MemoryPipe();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final Session session = new WebSockets(Conversation.SETTINGS, Ticker.SYSTEM, Clock.systemUTC())
            .session(Scope.of("/ws/"), new Upgrade() {
                @Override
                public void accepted(Acceptance acceptance) {
                    transport.start();
                }

                @Override
                public void refused(Refusal refusal) {}
            });
    private final MemoryTransport transport = new MemoryTransport(toServer, fromServer, session);

    @AfterEach
    void stop() {
        transport.stop();
        consumer.shutdown();
    }

    private static String number(int i) {
        return String.format("%04d", i);
    }

    private List<String> expected() {
        return IntStream.range(0, MESSAGES).mapToObj(i -> "text " + number(i)).toList();
    }

    private List<String> receiveAll() throws Exception {
        byte[] all = new byte[MESSAGES * (2 + BYTES)];
        for (int at = 0; at < all.length; ) {
            fromServer.await();
            byte[] piece = fromServer.poll(all.length - at);
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return ServerFrame.readAll(all);
    }

    @Test
    void keepsTheOrderOfTurnsWhileTheConnectionComes() throws Exception {
        session.start(event -> consumer.execute(() -> {
            if (event instanceof Inbound.Connect connect) {
                sendNumbers(connect.wire());
            }
        }));

        assertThat(receiveAll()).isEqualTo(expected());
    }

    private static void sendNumbers(Wire wire) {
        wire.accept(Acceptance.PLAIN);
        for (int i = 0; i < MESSAGES; i++) {
            wire.send(number(i));
            wire.endTurn(false);
        }
    }

    @Test
    void echoesEverythingInOrderThroughASmallReadAhead() throws Exception {
        Echo echo = new Echo();
        session.start(event -> consumer.execute(() -> echo.hear(event)));

        for (int i = 0; i < MESSAGES; i++) {
            toServer.put(ClientFrames.text(number(i)));
        }
        assertThat(receiveAll()).isEqualTo(expected());

        toServer.put(ClientFrames.close(4001, "bye"));
        assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo("closed 4001 bye");
    }

    private final class Echo {
        private final CompletableFuture<Wire> wire = new CompletableFuture<>();

        void hear(Inbound event) {
            if (event instanceof Inbound.Connect connect) {
                wire.complete(connect.wire());
                connect.wire().accept(Acceptance.PLAIN);
            } else if (event instanceof Inbound.Text text) {
                wire.join().send(text.text());
            } else if (event instanceof Inbound.Batch batch) {
                batch.messages().forEach(message -> wire.join().send(((Inbound.Text) message).text()));
            } else {
                closed.complete(Conversation.words(event));
            }
            wire.join().endTurn(true);
        }
    }
}
