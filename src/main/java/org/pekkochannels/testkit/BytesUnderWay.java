package org.pekkochannels.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.concurrent.Ticker;

/**
 * Waits until no bytes are on their way between the clients of a test and a server with sockets.
 *
 * <p>Each client sends a ping. When its pong arrives, the server has read everything before the ping, and the client has received
 * everything before the pong. After the first round the application has read what the clients have sent, and all further work is tasks of
 * dispatchers or event loops, which are counted, however many of them hand it on. When none is left, all answers are written, and after the
 * second round the clients have them. Thread-safe.
 */
final class BytesUnderWay {
    private static final int ROUNDS = 2;
    private static final long PAUSE_MILLIS = 1;

    private final ChannelsServer server;
    private final List<ClientConnection> clients;
    private final Quiescence quiescence;

    BytesUnderWay(ChannelsServer server, List<ClientConnection> clients, Quiescence quiescence) {
        this.server = server;
        this.clients = clients;
        this.quiescence = quiescence;
    }

    /** Returns false if something has happened meanwhile that was not caused by a ping. */
    boolean awaitNone() {
        long before = received();
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound();
            quiescence.awaitIdle();
        }
        return received() == before;
    }

    private void awaitRound() {
        Map<ClientConnection, Long> pinged = new HashMap<>();
        for (ClientConnection client : clients) {
            if (client.isOpen() && !client.isClosing()) {
                pinged.put(client, client.pongs());
                client.ping();
            }
        }
        await(() -> pinged.entrySet().stream().allMatch(entry -> isAnswered(entry.getKey(), entry.getValue()))
                && clients.stream().noneMatch(BytesUnderWay::isEnding)
                && server.connections() <= open());
    }

    private static boolean isAnswered(ClientConnection client, long before) {
        return client.pongs() > before || !client.isOpen();
    }

    private static boolean isEnding(ClientConnection client) {
        return client.isClosing() && client.end().isEmpty();
    }

    /** A client that has left is counted by the server until its consumer has ended. */
    private long open() {
        return clients.stream().filter(client -> client.end().isEmpty()).count();
    }

    private long received() {
        return clients.stream().mapToLong(ClientConnection::received).sum();
    }

    private void await(BooleanSupplier condition) {
        long deadline = Ticker.SYSTEM.read() + quiescence.bound().toNanos();
        while (!condition.getAsBoolean()) {
            if (Ticker.SYSTEM.read() - deadline >= 0) {
                throw new Quiescence.StuckException(quiescence.state());
            }
            long seen = quiescence.activity().changes();
            quiescence.activity().awaitChange(seen, Ticker.SYSTEM.read() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        }
    }
}
