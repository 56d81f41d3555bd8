package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.DatabaseOverloadedException;
import org.pekkochannels.database.DatabaseWaitTimeoutException;

@ChannelsTest(config = "channels.database { threads = 2, max-waiting = 1, max-wait = 10s }")
final class ApplicationDatabaseTest {
    private final TestApplication app;

    ApplicationDatabaseTest(TestApplication app) {
        this.app = app;
    }

    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .websocket("ws/query/", Query::new)
                .websocket("ws/blocking/", BlockingQuery::new)
                .websocket("ws/echo/", Echo::new)
                .start();
    }

    private static final class Query extends WebSocketConsumer {
        Query(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .withHandle(handle ->
                            handle.createQuery("select 42").mapTo(String.class).one())
                    .thenCompose(this::send);
        }
    }

    private static final class BlockingQuery extends SyncWebSocketConsumer {
        BlockingQuery(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            send(handle().createQuery("select 42").mapTo(String.class).one());
        }
    }

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    @Test
    void aStalledDatabaseAffectsOnlyConsumersThatUseIt() {
        WebSocketCommunicator query = app.connect("/ws/query/");
        WebSocketCommunicator echo = app.connect("/ws/echo/");
        app.database().stall();

        query.send("select");
        query.receivesNothing();
        assertThat(echo.send("hello").receiveText()).isEqualTo("hello");

        app.database().resume();
        assertThat(query.receiveText()).isEqualTo("42");
    }

    @Test
    void aCallThatWaitsForAStalledDatabaseTimesOut() {
        WebSocketCommunicator query = app.connect("/ws/query/");
        app.database().stall();
        query.send("select");

        app.passes(Duration.ofSeconds(9));
        query.receivesNothing();
        app.passes(Duration.ofSeconds(2));

        assertThat(query.closed().code()).isEqualTo(1013);
        assertThat(query.failure()).get().isInstanceOf(DatabaseWaitTimeoutException.class);
        app.database().resume();
    }

    @Test
    void aStalledDatabaseRefusesMoreCallsThanMayWait() {
        WebSocketCommunicator waiting = app.connect("/ws/query/");
        WebSocketCommunicator refused = app.connect("/ws/query/");
        app.database().stall();

        waiting.send("select");
        waiting.receivesNothing();
        refused.send("select");

        assertThat(refused.closed().code()).isEqualTo(1013);
        assertThat(refused.failure()).get().isInstanceOf(DatabaseOverloadedException.class);
        assertThatIllegalStateException().isThrownBy(() -> app.database().stall());
        app.database().resume();
        assertThat(waiting.receiveText()).isEqualTo("42");
    }

    @Test
    void aRefusingDatabaseRejectsCallsAsOneWhoseQueueIsFull() {
        WebSocketCommunicator query = app.connect("/ws/query/");
        WebSocketCommunicator blocking = app.connect("/ws/blocking/");
        WebSocketCommunicator later = app.connect("/ws/query/");
        WebSocketCommunicator echo = app.connect("/ws/echo/");
        app.database().refuse();

        assertThat(query.send("select").closed().code()).isEqualTo(1013);
        assertThat(blocking.send("select").closed().code()).isEqualTo(1013);
        assertThat(query.failure()).get().isInstanceOfSatisfying(DatabaseOverloadedException.class, overloaded -> {
            assertThat(overloaded.limit()).isOne();
            assertThat(overloaded).hasMessageContaining("2 threads busy, 1 waiting (channels.database.max-waiting)");
        });
        assertThat(blocking.failure()).get().isInstanceOf(DatabaseOverloadedException.class);
        assertThat(echo.send("hello").receiveText()).isEqualTo("hello");

        app.passes(Duration.ofMinutes(1));
        assertThat(later.send("select").closed().code()).isEqualTo(1013);
        app.database().resume();
        assertThat(app.connect("/ws/query/").send("select").receiveText()).isEqualTo("42");
    }

    @Test
    void aDatabaseRefusesAgainAfterItHasResumed() {
        WebSocketCommunicator query = app.connect("/ws/query/");
        app.database().refuse();
        assertThatIllegalStateException().isThrownBy(() -> app.database().refuse());
        app.database().resume();
        app.database().resume();
        assertThat(query.send("select").receiveText()).isEqualTo("42");

        app.database().refuse();

        assertThat(query.send("select").closed().code()).isEqualTo(1013);
        app.database().resume();
    }

    @Test
    void aDatabaseFailsAsTheTestSays() {
        WebSocketCommunicator query = app.connect("/ws/query/");
        WebSocketCommunicator blocking = app.connect("/ws/blocking/");
        IllegalStateException failure = new IllegalStateException("disk full");
        app.database().failWith(failure);

        assertThat(query.send("select").closed().code()).isEqualTo(1011);
        assertThat(blocking.send("select").closed().code()).isEqualTo(1011);

        assertThat(query.failure()).contains(failure);
        assertThat(blocking.failure()).contains(failure);
        app.database().heal();
        assertThat(app.connect("/ws/query/").send("select").receiveText()).isEqualTo("42");
    }

    @Test
    void runsWorkOfTheTest() {
        int answer = app.database()
                .withHandle(handle ->
                        handle.createQuery("select 42").mapTo(Integer.class).one());

        assertThat(answer).isEqualTo(42);
    }

    @Test
    void groupsAreCountedAndSentTo() {
        assertThat(app.group("room_1").size()).isZero();
        app.group("room_1").send("room.say", "nobody hears it");
    }
}
