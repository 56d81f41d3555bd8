package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** A client leaves while its query runs in a real PostgreSQL. */
class PeerLeavingTest {
    private static final String QUERY = "select pg_sleep(600)";

    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    private static Jdbi observer;
    private @Nullable RunningApplication application;

    @BeforeAll
    static void createTable() {
        observer = Jdbi.create(POSTGRES.url());
        observer.useHandle(handle -> handle.execute("create table note (body text)"));
    }

    @AfterEach
    void endsLeakFree() {
        running().awaitNoConnections();
        running().close();
    }

    private RunningApplication running() {
        return Objects.requireNonNull(application);
    }

    private void start(String edge) {
        application = RunningApplication.start(
                "channels { edge = " + edge + ", database { threads = 1, url = \"" + POSTGRES.url() + "\" } }",
                channels -> channels.websocket("ws/async/", Leaving::new)
                        .websocket("ws/sync/", BlockingLeaving::new)
                        .websocket("ws/default/", Staying::new));
    }

    private enum Way {
        CLOSES,
        IS_LOST
    }

    private static final class Leaving extends WebSocketConsumer {
        Leaving(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().cancelledBy(ended()).withHandle(handle -> handle.execute(QUERY));
        }
    }

    private static final class BlockingLeaving extends SyncWebSocketConsumer {
        BlockingLeaving(ConsumerContext context) {
            super(context);
        }

        @Override
        protected boolean cancelWhenEnded() {
            return true;
        }

        @Override
        protected void receive(String text) {
            handle().execute(QUERY);
        }
    }

    private static final class Staying extends WebSocketConsumer {
        Staying(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().useHandle(handle -> handle.execute("insert into note values (?)", text));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http,/ws/async/,CLOSES",
        "http,/ws/async/,IS_LOST",
        "http,/ws/sync/,CLOSES",
        "http,/ws/sync/,IS_LOST",
        "netty,/ws/async/,CLOSES",
        "netty,/ws/async/,IS_LOST"
    })
    void endsTheQueryWithItsClient(String edge, String path, Way way) {
        start(edge);

        timeToEnd(path, way);

        running().awaitNoConnections();
        assertThat(running().database().stats().cancelled()).isEqualTo(1);
        assertThat(running().database().stats().pool())
                .as("the connection is still in use")
                .hasValueSatisfying(pool -> assertThat(pool.idle()).isEqualTo(1));
    }

    @Test
    void endsTheQueryWithinASecond() {
        start("http");

        // The best of three: the machine may be busy with other things.
        Duration best = Collections.min(Stream.generate(() -> timeToEnd("/ws/async/", Way.CLOSES))
                .limit(3)
                .toList());

        assertThat(best).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void handlesAReceivedMessageWhereNobodyAskedForMore() {
        start("http");
        JdkClient client = JdkClient.connect(running().ws("/ws/default/"));
        try (Handle rival = observer.open()) {
            rival.begin().execute("lock table note");
            client.send("last words");
            awaitActive("insert into note%", 1);

            client.socket().abort();
            rival.rollback();
        }

        running().awaitNoConnections();
        String stored = observer.withHandle(handle ->
                handle.select("select body from note").mapTo(String.class).one());
        assertThat(stored).isEqualTo("last words");
    }

    private Duration timeToEnd(String path, Way way) {
        JdkClient client = JdkClient.connect(running().ws(path));
        client.send("go");
        awaitActive(QUERY, 1);

        long left = System.nanoTime();
        if (way == Way.CLOSES) {
            client.socket().sendClose(4001, "bye").join();
        } else {
            client.socket().abort();
        }
        awaitActive(QUERY, 0);
        return Duration.ofNanos(System.nanoTime() - left);
    }

    private void awaitActive(String query, int count) {
        TestProbe.create(running().system()).awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(observer.<Integer, RuntimeException>withHandle(handle -> handle.select(
                                    "select count(*) from pg_stat_activity where state = 'active' and query like ?",
                                    query)
                            .mapTo(int.class)
                            .one()))
                    .isEqualTo(count);
            return true;
        });
    }
}
