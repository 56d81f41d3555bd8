package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.Echo;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** What the "Database Access" page of Channels promises, seen from the clients' side. */
@Tag("edge")
class DatabaseProofsTest {
    private static final int CONNECTIONS = 20;
    private static final int MESSAGES = 50;

    private final Semaphore entered = new Semaphore(0);
    private final CountDownLatch released = new CountDownLatch(1);
    private final Map<String, Boolean> threads = new ConcurrentHashMap<>();
    private RunningApplication application = start(2);

    private RunningApplication start(int databaseThreads) {
        return RunningApplication.start(
                "channels.database.threads = " + databaseThreads,
                channels -> channels.websocket("ws/block/", Blocker::new)
                        .websocket("ws/echo/", Echo::new)
                        .websocket("ws/store/{sender}/", Storer::new)
                        .beforeStart(system -> Database.get(system)
                                .useHandle(handle ->
                                        handle.execute("create table note (sender text, number int, body text)"))));
    }

    private void restart(int databaseThreads) {
        application.close();
        application = start(databaseThreads);
    }

    @AfterEach
    void endsLeakFree() {
        released.countDown();
        application.close();
    }

    /** Holds a database thread until it is released. */
    private final class Blocker extends WebSocketConsumer {
        Blocker(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useHandle(handle -> {
                        entered.release();
                        released.await();
                    })
                    .thenCompose(done -> send("released"));
        }
    }

    /** Inserts each message, and notes where what runs. */
    private final class Storer extends WebSocketConsumer {
        private final String sender = scope().pathParameter("sender");
        private int number;

        Storer(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useHandle(handle -> {
                        see("sql");
                        handle.execute("insert into note values (?, ?, ?)", sender, number, text);
                    })
                    .thenCompose(stored -> {
                        see("turn");
                        return send("stored " + number++ + " " + text);
                    });
        }

        private void see(String what) {
            threads.put(what + " on " + Thread.currentThread().getName().replaceAll("[0-9]+$", ""), true);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8})
    void runsAsManyCallbacksAtOnceAsThereAreThreads(int databaseThreads) throws Exception {
        restart(databaseThreads);
        int expected = Math.min(6, databaseThreads);

        List<JdkClient> clients = connect("/ws/block/", 6);
        clients.forEach(client -> client.send("go"));

        assertThat(entered.tryAcquire(expected, 20, TimeUnit.SECONDS)).isTrue();
        awaitWaiting(6 - expected);
        assertThat(entered.availablePermits()).as("never one more").isZero();
        assertThat(application.database().stats().busy()).isEqualTo(expected);
        released.countDown();
        assertThat(clients).allSatisfy(client -> assertThat(client.next()).isEqualTo("released"));
        close(clients);
    }

    @Test
    void echoesAndAcceptsWhileEveryDatabaseThreadIsStuck() throws Exception {
        JdkClient before = connect("/ws/echo/", 1).get(0);
        List<JdkClient> stuck = connect("/ws/block/", 5);
        stuck.forEach(client -> client.send("go"));
        assertThat(entered.tryAcquire(2, 20, TimeUnit.SECONDS)).isTrue();
        awaitWaiting(3);

        assertThat(before.send("hello").next()).isEqualTo("hello");
        JdkClient after = connect("/ws/echo/", 1).get(0);

        assertThat(after.send("hello").next()).isEqualTo("hello");
        assertThat(application.database().stats().busy()).isEqualTo(2);
        released.countDown();
        assertThat(stuck).allSatisfy(client -> assertThat(client.next()).isEqualTo("released"));
        close(Stream.concat(stuck.stream(), Stream.of(before, after)).toList());
    }

    @Test
    void storesPipelinedMessagesOfManyConnectionsInOrder() {
        restart(4);
        List<JdkClient> clients = IntStream.range(0, CONNECTIONS)
                .mapToObj(i -> JdkClient.connect(application.ws("/ws/store/" + i + "/")))
                .toList();

        for (int message = 0; message < MESSAGES; message++) {
            String text = "m" + message;
            clients.forEach(client -> client.send(text));
        }

        assertThat(clients)
                .allSatisfy(client -> assertThat(client.next(MESSAGES))
                        .isEqualTo(IntStream.range(0, MESSAGES)
                                .mapToObj(i -> "stored " + i + " m" + i)
                                .toList()));
        assertThat(storedInOrder()).isEqualTo(CONNECTIONS * MESSAGES);
        assertThat(application.database().stats().openHandles()).isZero();
        assertThat(threads.keySet())
                .hasSize(2)
                .contains("sql on channels-database-")
                .anyMatch(name -> name.matches("turn on channels-(pekko.actor.default-dispatcher|loop-[0-9]+)-"));
        close(clients);
    }

    private List<JdkClient> connect(String path, int count) {
        return Stream.generate(() -> JdkClient.connect(application.ws(path)))
                .limit(count)
                .toList();
    }

    private void awaitWaiting(int calls) {
        TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(application.database().stats().waiting()).isEqualTo(calls);
            return true;
        });
    }

    private int storedInOrder() {
        return application
                .database()
                .withHandle(handle -> handle.createQuery("select count(*) from note where body = 'm' || number")
                        .mapTo(int.class)
                        .one())
                .toCompletableFuture()
                .join();
    }

    private void close(List<JdkClient> clients) {
        clients.forEach(client -> client.close(1000, ""));
        application.awaitNoConnections();
    }
}
