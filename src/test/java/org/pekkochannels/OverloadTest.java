package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.DatabaseOverloadedException;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;

/** Promise 9: too much waiting work is refused with numbers, and closes with 1013 where nobody handles it. */
@Tag("edge")
class OverloadTest {
    private final LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private RunningApplication application;

    @BeforeEach
    void start() {
        application = RunningApplication.start(
                "channels.database { threads = 1, max-waiting = 0 }",
                channels -> channels.websocket("ws/query/", Query::new)
                        .websocket("ws/careful/", Careful::new)
                        .websocket("ws/sync/", Sync::new)
                        .application(
                                "ws/middleware/",
                                scope -> application.database().withHandle(handle -> Refusal.FORBIDDEN)));
    }

    @AfterEach
    void endsLeakFree() {
        release.countDown();
        application.awaitNoConnections();
        application.close();
    }

    private static class Query extends WebSocketConsumer {
        Query(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().withHandle(handle -> 1).thenCompose(one -> send("done"));
        }
    }

    /** Answers an overload instead of closing. */
    private static final class Careful extends Query {
        Careful(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return super.receive(text).exceptionallyCompose(failure -> {
                // A derived stage wraps its source's failure, as all stages of Java do.
                DatabaseOverloadedException overloaded = (DatabaseOverloadedException) ConfinedFuture.unwrap(failure);
                return send("busy " + overloaded.busy() + " of " + overloaded.threads())
                        .thenApply(sent -> null);
            });
        }
    }

    private final class Sync extends SyncWebSocketConsumer {
        Sync(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            handle();
        }

        @Override
        protected void disconnect(CloseReason reason) {
            log.add("disconnect " + reason.code() + " " + handle().isClosed());
        }
    }

    private void holdTheOnlyThread() throws Exception {
        application.database().useHandle(handle -> {
            stuck.countDown();
            release.await();
        });
        assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closesWith1013WhatNobodyHandles() throws Exception {
        JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
        holdTheOnlyThread();

        client.send("go");

        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1013);
    }

    @Test
    void leavesItToAConsumerToAnswer() throws Exception {
        JdkClient client = JdkClient.connect(application.ws("/ws/careful/"));
        holdTheOnlyThread();

        assertThat(client.send("go").next()).isEqualTo("busy 1 of 1");
        client.close(1000, "");
    }

    @Test
    void runsTheDisconnectOfABlockingConsumerAllTheSame() throws Exception {
        JdkClient client = JdkClient.connect(application.ws("/ws/sync/"));
        holdTheOnlyThread();

        client.send("go");

        assertThat(((JdkClient.Closed) client.next()).code()).isEqualTo(1013);
        release.countDown();
        assertThat(log.poll(20, TimeUnit.SECONDS)).isEqualTo("disconnect 1013 false");
    }

    @Test
    void answers503WhereABlockingConnectFindsNoThread() throws Exception {
        holdTheOnlyThread();

        assertThat(application.refusal("/ws/sync/").statusCode()).isEqualTo(503);
    }

    @Test
    void answers503ForAMiddlewareWithOneLineInTheLog() throws Exception {
        holdTheOnlyThread();

        try (RecordedLog log = new RecordedLog("org.pekkochannels.edge")) {
            assertThat(application.refusal("/ws/middleware/").statusCode()).isEqualTo(503);
            assertThat(log.await("the application of /ws/middleware/ failed: database overloaded: 1 thread busy"))
                    .doesNotContain("DatabaseOverloadedException");
        }
        assertThat(application.server().refusals()).containsExactly(entry(503, 1L));
    }
}
