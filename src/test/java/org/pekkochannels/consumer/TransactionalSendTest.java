package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.DatabaseOutcomeUnknownException;
import org.pekkochannels.database.DatabaseTimeoutException;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.TransactionalLayer;
import org.pekkochannels.protocol.CloseReason;

/** Events that transactions write themselves, with the layer in PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransactionalSendTest {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    private static final GroupName GROUP = new GroupName("room");

    private ActorTestKit kit;
    private Channel channel;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @BeforeAll
    void start() throws Exception {
        kit = ActorTestKit.create("transactional-send", config());
        ChannelLayer layer = ChannelLayer.get(kit.system());
        layer.started().toCompletableFuture().get(60, TimeUnit.SECONDS);
        channel = layer.newChannel(event -> received.add(event.type()));
        layer.groupAdd(GROUP, channel).toCompletableFuture().get(60, TimeUnit.SECONDS);
        join(handle -> handle.execute("create table note (body text unique deferrable initially deferred);"
                + " create table item (number int)"));
    }

    @AfterAll
    void stop() {
        channel.close();
        kit.shutdownTestKit();
    }

    private Config config() {
        return ConfigFactory.parseString("""
                        channels.layer.type = postgres
                        channels.layer.postgres.create = on
                        channels.layer.history = [{prefix = kept, size = 1000, ttl = 1h}]
                        pekko.coordinated-shutdown.terminate-actor-system = on
                        """)
                .withFallback(ConfigFactory.parseString("channels.database.url = \"" + SERVER.platformUrl() + "\""))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    private Database database() {
        return Database.get(kit.system());
    }

    private void join(HandleConsumer<Exception> work) throws Exception {
        database().useTransaction(work).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void say(Handle handle, String type) {
        AfterCommit.of(kit.system()).groupSend(handle, GROUP, type, type);
    }

    private static List<String> rows(Handle handle) {
        return handle.select("select type from channels_event order by 1")
                .mapTo(String.class)
                .list();
    }

    private void expect(String... types) throws Exception {
        List<String> seen = Stream.generate(this::next).limit(types.length).toList();
        assertThat(seen).containsExactly(types);
        assertThat(received).isEmpty();
    }

    private String next() {
        try {
            return String.valueOf(received.poll(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void deliversInTheOrderOfTheCallsIfTheTransactionCommits() throws Exception {
        join(handle -> {
            say(handle, "c1");
            say(handle, "c2");
        });

        expect("c1", "c2");
        join(handle -> assertThat(rows(handle)).contains("c1", "c2"));
    }

    @Test
    void writesNothingIfTheTransactionIsRolledBack() throws Exception {
        assertThatThrownBy(() -> join(handle -> {
                    say(handle, "rolled");
                    throw new IllegalStateException("planted");
                }))
                .hasRootCauseMessage("planted");

        expectNoRow("rolled");
    }

    private void expectNoRow(String type) throws Exception {
        join(handle -> {
            assertThat(rows(handle)).doesNotContain(type);
            say(handle, "after-" + type);
        });
        expect("after-" + type);
    }

    @Test
    void writesNothingIfTheCommitFails() {
        assertThatThrownBy(() -> join(handle -> {
                    handle.execute("insert into note values ('twice'), ('twice')");
                    say(handle, "failed");
                }))
                .rootCause()
                .hasMessageContaining("note_body_key");
        assertThat(received).isEmpty();
    }

    @Test
    void discardsWhatWasSentAfterASavepointThatIsRolledBack() throws Exception {
        join(handle -> {
            handle.savepoint("outer");
            say(handle, "kept1");
            handle.savepoint("inner");
            say(handle, "cut");
            handle.rollbackToSavepoint("inner");
            say(handle, "kept2");
        });

        expect("kept1", "kept2");
    }

    @Test
    void discardsAllThatWasSentAfterASavepointOlderThanTheFirstEvent() throws Exception {
        join(handle -> {
            handle.savepoint("first");
            say(handle, "cut");
            handle.rollbackToSavepoint("first");
        });

        expectNoRow("cut");
    }

    @Test
    void sendsAfterTheCommitOfAReadOnlyTransaction() throws Exception {
        TransactionOptions options = TransactionOptions.defaults().forReading();

        database()
                .inTransaction(options, handle -> {
                    say(handle, "read");
                    return true;
                })
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);

        expect("read");
    }

    @Test
    void discardsEventsWhoseTransactionWasEndedBySqlText() throws Exception {
        join(handle -> {
            handle.execute("select 1");
            say(handle, "ended");
            handle.execute("rollback");
        });

        expectNoRow("ended");
    }

    @Test
    void makesAnInstalledJdbiAtomic() throws Exception {
        Jdbi jdbi = Jdbi.create(SERVER.url());
        AfterCommit.of(kit.system()).install(jdbi);

        jdbi.useTransaction(handle -> {
            say(handle, "own");
        });

        expect("own");
        join(handle -> assertThat(rows(handle)).contains("own"));
    }

    /** The events and the commit are sent at once, in each way in which the driver sends statements. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "&prepareThreshold=0",
                "&prepareThreshold=1",
                "&preferQueryMode=simple",
                "&preferQueryMode=extendedForPrepared",
                "&autosave=always",
                "&autosave=always&cleanupSavepoints=true"
            })
    void commitsWithTheEventsInEachModeOfTheDriver(String parameters) throws Exception {
        Jdbi jdbi = Jdbi.create(SERVER.url() + parameters);
        AfterCommit.of(kit.system()).install(jdbi);

        for (int i = 0; i < 3; i++) {
            String note = "mode" + parameters + i;
            jdbi.useTransaction(handle -> {
                handle.execute("insert into note values (?)", note);
                say(handle, "mode");
            });
            assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                        handle.execute("insert into note values (?)", note);
                        say(handle, "twice");
                    }))
                    .rootCause()
                    .hasMessageContaining("note_body_key");
        }

        expect("mode", "mode", "mode");
        join(handle -> assertThat(notes(handle)).contains("mode" + parameters + 0, "mode" + parameters + 2));
    }

    /** The counter's lock is waited for by the statement that also commits. */
    @Test
    void doesNotKnowTheOutcomeIfTheConnectionIsLostWhileTheEventsAreWrittenAndCommitted() throws Exception {
        AtomicInteger waiting = new AtomicInteger();
        CompletableFuture<Done> lost;
        try (Handle other = Jdbi.create(SERVER.url()).open()) {
            GroupName group = GroupName.of("kept", "lost");
            AfterCommit afterCommit = AfterCommit.of(kit.system());
            join(handle -> afterCommit.groupSend(handle, group, "first", "first"));
            other.begin();
            other.execute("update channels_group set top = top where name = ?", group.value());
            lost = database()
                    .useTransaction(handle -> {
                        waiting.set(handle.select("select pg_backend_pid()")
                                .mapTo(Integer.class)
                                .one());
                        afterCommit.groupSend(handle, group, "lost", "lost");
                    })
                    .toCompletableFuture();
            while (!isWaiting(other, waiting.get())) {
                Thread.sleep(5);
            }
            other.execute("select pg_terminate_backend(?)", waiting.get());
            assertThatThrownBy(() -> lost.get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(DatabaseOutcomeUnknownException.class);
            other.rollback();
        }

        expectNoRow("lost");
    }

    private static boolean isWaiting(Handle handle, int process) {
        return handle.select("select wait_event_type = 'Lock' from pg_stat_activity where pid = ?", process)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /** A layer whose next attempt to write events fails. */
    private AfterCommit failingOnce(Throwable failure) {
        AtomicReference<Throwable> next = new AtomicReference<>(failure);
        ChannelLayer real = ChannelLayer.get(kit.system());
        InvocationHandler calls = (proxy, method, arguments) -> {
            Throwable due = method.getName().startsWith("publishAnd") ? next.getAndSet(null) : null;
            if (due != null) {
                throw due;
            }
            return method.invoke(real, arguments);
        };
        ChannelLayer layer = (ChannelLayer)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {TransactionalLayer.class}, calls);
        return new AfterCommit(layer, () -> database().jdbi(), new ConsumerCounters(), 1024);
    }

    @Test
    void rollsBackIfTheLayerThrowsAnError() throws Exception {
        Error planted = new AssertionError("planted by the layer");
        AfterCommit failing = failingOnce(planted);

        assertThatThrownBy(() -> join(handle -> {
                    handle.execute("insert into note values ('error')");
                    failing.groupSend(handle, GROUP, "error", "error");
                }))
                .hasRootCause(planted);

        join(handle -> assertThat(notes(handle)).doesNotContain("error"));
        expectNoRow("error");
    }

    private static List<String> notes(Handle handle) {
        return handle.select("select body from note").mapTo(String.class).list();
    }

    @Test
    void runsAgainIfWritingTheEventsConflicts() throws Exception {
        AfterCommit failing = failingOnce(new SQLException("planted conflict", "40001"));

        database()
                .inTransaction(TransactionOptions.serializable().withAttempts(5), handle -> {
                    handle.execute("insert into note values ('again')");
                    failing.groupSend(handle, GROUP, "again", "again");
                    return true;
                })
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);

        expect("again");
        join(handle -> assertThat(notes(handle)).containsOnlyOnce("again"));
    }

    @Test
    void losesNothingButTheTransactionIfItsConnectionIsKilled() throws Exception {
        assertThatThrownBy(() -> join(handle -> {
            int own = handle.select("select pg_backend_pid()")
                    .mapTo(Integer.class)
                    .one();
            say(handle, "killed");
            Jdbi.create(SERVER.url()).useHandle(other -> other.execute("select pg_terminate_backend(?)", own));
        }));

        expectNoRow("killed");
    }

    private void storeItems(GroupName group, int from, int to) {
        for (int i = from; i < to; i++) {
            int number = i;
            database()
                    .useTransaction(handle -> {
                        handle.execute("insert into item values (?)", number);
                        AfterCommit.of(kit.system()).groupSend(handle, group, "item", number);
                    })
                    .toCompletableFuture()
                    .join();
        }
    }

    private static List<Integer> items(Handle handle) {
        return handle.select("select number from item").mapTo(Integer.class).list();
    }

    /** Joins with the table's state, and sends it and each event to the client. */
    private static final class Follower extends WebSocketConsumer {
        Follower(ConsumerContext context) {
            super(context);
            on("item", Integer.class, number -> send("event " + number));
        }

        @Override
        protected CompletionStage<?> receive(String group) {
            return group(GroupName.of("kept", group))
                    .addWith(TransactionalSendTest::items)
                    .thenCompose(snapshot -> send("state " + snapshot.state()));
        }
    }

    private static final class SyncFollower extends SyncWebSocketConsumer {
        SyncFollower(ConsumerContext context) {
            super(context);
            on("item", Integer.class, number -> send("event " + number));
        }

        @Override
        protected void receive(String group) {
            send("state "
                    + group(GroupName.of("kept", group))
                            .addWith(TransactionalSendTest::items)
                            .state());
        }
    }

    private void assertEachItemOnce(String group, Function<ConsumerContext, ? extends Consumer> factory)
            throws Exception {
        join(handle -> handle.execute("delete from item"));
        GroupName name = GroupName.of("kept", group);
        storeItems(name, 0, 20);
        Door door = Door.open(kit, factory);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> storeItems(name, 20, 120));

        door.tell(group);

        List<Integer> seen = new ArrayList<>();
        while (seen.size() < 120) {
            String text = (String) door.next();
            Stream.of(text.replaceAll("[^0-9 ]", "").trim().split("\\s+"))
                    .map(Integer::valueOf)
                    .forEach(seen::add);
        }
        writing.join();
        assertThat(seen).doesNotHaveDuplicates().hasSize(120);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void receivesExactlyTheEventsThatAStateDoesNotContain() throws Exception {
        assertEachItemOnce("asynchronous", Follower::new);
    }

    @Test
    void receivesExactlyTheEventsThatAStateOfABlockingConsumerDoesNotContain() throws Exception {
        assertEachItemOnce("blocking", SyncFollower::new);
    }

    @Test
    void endsAtItsDeadlineWhileAnotherTransactionHoldsTheCounter() throws Exception {
        GroupName busy = GroupName.of("kept", "busy");
        storeItems(busy, 0, 1);
        try (Handle other = Jdbi.open(SERVER.url())) {
            other.begin();
            other.execute("update channels_group set top = top where name = ?", busy.value());

            assertThatThrownBy(() -> database()
                            .within(Duration.ofMillis(500))
                            .useTransaction(handle -> {
                                handle.execute("insert into item values (1000)");
                                AfterCommit.of(kit.system()).groupSend(handle, busy, "item", 1000);
                            })
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(DatabaseTimeoutException.class);
            other.rollback();
        }

        join(handle -> assertThat(items(handle)).doesNotContain(1000));
    }
}
