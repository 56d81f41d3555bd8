package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.Database;
import org.pekkochannels.protocol.CloseReason;

/** What {@code disconnect} writes is written, though every database thread is busy and nobody else may wait for one. */
class DisconnectUnderLoadTest extends ConsumerTestSystem {
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Override
    String extraConfig() {
        return """
                channels.database { threads = 1, max-waiting = 0 }
                channels.databases.other { url = "jdbc:h2:mem:cleanup;DB_CLOSE_DELAY=-1" }
                """;
    }

    private final class Asynchronous extends WebSocketConsumer {
        Asynchronous(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            CompletionStage<?> own = database().useHandle(handle -> write(handle, "own"));
            CompletionStage<?> other = database("other").useHandle(handle -> write(handle, "other"));
            asked.countDown();
            return own.thenCompose(written -> other)
                    .thenRun(() -> log.add("on its turn: " + context().turn().isCurrent()));
        }
    }

    private final class Blocking extends SyncWebSocketConsumer {
        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void disconnect(CloseReason reason) {
            CompletableFuture<?> other = database("other")
                    .useHandle(handle -> write(handle, "other"))
                    .toCompletableFuture();
            asked.countDown();
            other.join();
            write(handle(), "own");
        }
    }

    private void write(Handle handle, String where) {
        handle.execute("create table if not exists gone (id int)");
        log.add(where + ": " + handle.execute("insert into gone values (1)"));
    }

    private CompletionStage<Done> keepBusy(Database database) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CompletionStage<Done> busy = database.useHandle(handle -> {
            started.countDown();
            release.await();
        });
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        return busy;
    }

    private void leaveAndRelease(Door door) throws InterruptedException {
        door.leave(CloseReason.of(1001));
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        door.awaitStop();
    }

    @Test
    void isWrittenByAnAsynchronousConsumer() throws InterruptedException {
        Door door = Door.open(kit, Asynchronous::new);
        CompletionStage<Done> own = keepBusy(database());
        CompletionStage<Done> other = keepBusy(other());

        leaveAndRelease(door);

        assertThat(log).containsExactlyInAnyOrder("own: 1", "other: 1", "on its turn: true");
        assertThat(own).succeedsWithin(20, TimeUnit.SECONDS);
        assertThat(other).succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void isWrittenByABlockingConsumerInAFurtherDatabaseToo() throws InterruptedException {
        Door door = Door.open(kit, Blocking::new);
        CompletionStage<Done> other = keepBusy(other());

        leaveAndRelease(door);

        assertThat(log).containsExactly("other: 1", "own: 1");
        assertThat(other).succeedsWithin(20, TimeUnit.SECONDS);
    }

    private Database other() {
        return Database.get(kit.system(), "other");
    }
}
