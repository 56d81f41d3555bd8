package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.WebSockets;

/** How a server's connections are told that it goes away; their consumers are stuck, and none ends by itself. */
class ConnectionsTest {
    private static final SessionSettings SETTINGS = SessionSettings.of(ConfigFactory.load());
    private static final Scope SCOPE = Scope.of("/ws/");

    private final WebSockets sockets = new WebSockets(SETTINGS);
    private final Connections connections = new Connections(100);
    private final Queue<Runnable> pauses = new ArrayDeque<>();
    private final List<Connection> open =
            Stream.generate(this::connection).limit(5).toList();
    private final List<CompletableFuture<Decision>> told = open.stream()
            .map(connection -> connection.decision().toCompletableFuture())
            .toList();

    private Connection connection() {
        Connection made = new Connection(SCOPE, sockets, SETTINGS, connections, AccessLog.of(SCOPE));
        assertThat(connections.add(made)).isTrue();
        return made;
    }

    @AfterEach
    void close() {
        sockets.close();
    }

    private CompletionStage<Done> goAway(int batch) {
        open.forEach(connection -> connection.start(inbound -> {}));
        return connections.goAway(batch, pauses::add);
    }

    /** Those who were still asked whether they accept are refused. */
    private long toldSoFar() {
        return told.stream().filter(CompletableFuture::isDone).count();
    }

    @Test
    void tellsABatchAtOnceAndTheNextAfterAPauseWhetherOrNotItHasEnded() {
        CompletionStage<Done> ended = goAway(2);
        assertThat(toldSoFar()).isEqualTo(2);

        pauses.remove().run();
        assertThat(toldSoFar()).isEqualTo(4);

        pauses.remove().run();
        assertThat(toldSoFar()).isEqualTo(5);
        assertThat(pauses).isEmpty();
        assertThat(ended).isNotCompleted();
    }

    @Test
    void takesNobodyInWhileItTellsTheOthers() {
        CompletionStage<Done> ended = goAway(1);

        Connection late = new Connection(SCOPE, sockets, SETTINGS, connections, AccessLog.of(SCOPE));

        assertThat(connections.add(late)).isFalse();
        assertThat(ended).isNotCompleted();
    }
}
