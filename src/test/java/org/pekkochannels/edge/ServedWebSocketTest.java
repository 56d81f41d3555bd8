package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.websocket.Limit;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.WebSockets;

/** When a connection counts as ended, where its socket never comes. */
class ServedWebSocketTest {
    private static final SessionSettings SETTINGS = SessionSettings.of(ConfigFactory.load());
    private static final Duration STOP_TIME = Duration.ofSeconds(10);
    private static final Scope SCOPE = Scope.of("/ws/");

    private final WebSockets sockets = new WebSockets(SETTINGS, Ticker.SYSTEM, Clock.systemUTC());
    private final WebSocketSlots connections =
            new WebSocketSlots(1, 1012, STOP_TIME, new ContainedFailures(Runnable::run));
    private final List<Inbound> heard = new CopyOnWriteArrayList<>();
    private final Told actor = new Told();
    private final WebSocketSlots.Slot slot =
            connections.take(new PendingOpening(SCOPE, sockets)).orElseThrow();
    private final ServedWebSocket connection = new ServedWebSocket(
            SCOPE,
            sockets,
            SETTINGS,
            Optional.empty(),
            slot,
            AccessLog.of(ConfigFactory.load(), Ticker.SYSTEM).entry(SCOPE));

    @BeforeEach
    void acceptsWithoutASocket() {
        CompletionStage<Decision> decision = connection.decision();
        connection.start(actor);
        Wire wire = ((Inbound.Connect) heard.get(0)).wire();
        wire.accept(Acceptance.PLAIN);
        wire.endTurn(true);
        assertThat(decision).isCompletedWithValueMatching(Decision.Accept.class::isInstance);
    }

    /** What the connection tells its actor. */
    private final class Told implements ServedWebSocket.Actor {
        private int stops;

        @Override
        public void tell(Inbound event) {
            heard.add(event);
        }

        @Override
        public void stop() {
            stops++;
        }
    }

    @AfterEach
    void close() {
        sockets.close();
    }

    private void assertEndedWithItsConsumer(CloseReason reason) {
        assertThat(heard).hasSize(2).last().isEqualTo(new Inbound.Closed(List.of(), reason));
        assertThat(connections.size()).isOne();

        connection.consumerEnded();

        assertThat(connections.size()).isZero();
    }

    private void tick(Duration fromNow) {
        connection.tick(System.nanoTime() + fromNow.toNanos());
    }

    @Test
    void stopsAnActorThatDoesNotStopInTimeAndFreesItsSlotOnce() {
        connection.abort();

        tick(STOP_TIME.minusMillis(500));
        assertThat(connections.size()).isOne();
        assertThat(actor.stops).isZero();
        tick(STOP_TIME.plusMillis(500));
        tick(STOP_TIME.plusMillis(1_000));

        assertThat(connections.size()).isZero();
        assertThat(actor.stops).isOne();
        assertThat(connections.unstopped()).isOne();
    }

    @Test
    void doesNotStopAnActorThatHasStopped() {
        connection.abort();
        connection.consumerEnded();

        tick(STOP_TIME.plusMillis(500));

        assertThat(actor.stops).isZero();
        assertThat(connections.unstopped()).isZero();
    }

    @Test
    void hasEndedWithItsConsumerWhenItIsCut() {
        connection.abort();

        assertEndedWithItsConsumer(CloseReason.LOST);
    }

    @Test
    void hasEndedWithItsConsumerWhenItsClientHasLeft() {
        connection.lost();

        assertEndedWithItsConsumer(CloseReason.LOST);
    }

    @Test
    void hasEndedWithItsConsumerWhenItsSocketDoesNotComeInTime() {
        long now = System.nanoTime();

        connection.tick(now);
        assertThat(heard).hasSize(1);
        connection.tick(now + SETTINGS.attachTimeout().toNanos());

        assertEndedWithItsConsumer(new CloseReason(1006, "not attached in time"));
        assertThat(sockets.stats().crossed(Limit.ATTACH_TIMEOUT)).isOne();
    }
}
