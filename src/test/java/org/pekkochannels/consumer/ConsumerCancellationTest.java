package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.Database;
import org.pekkochannels.protocol.CloseReason;

/** What becomes of database work when the peer leaves during its callback. */
class ConsumerCancellationTest extends ConsumerTestSystem {
    private static final String ENDLESS = "select count(*) from system_range(1, 1000000000000) where mod(\"X\", 3) = 5";
    private static final CloseReason BYE = new CloseReason(4001, "bye");

    private final LinkedBlockingQueue<String> log = new LinkedBlockingQueue<>();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Override
    String extraConfig() {
        return """
                channels.database.threads = 1
                channels.databases.other { url = "jdbc:h2:mem:cancelled;DB_CLOSE_DELAY=-1", threads = 1 }
                """;
    }

    private class Plain extends WebSocketConsumer {
        Plain(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().useHandle(handle -> {
                inside.countDown();
                release.await();
                handle.execute("select 1");
                log.add("handled " + text);
            });
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            log.add("disconnect " + reason.code());
            return done();
        }
    }

    private final class Leaving extends Plain {
        Leaving(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return text.equals("slow")
                    ? database().cancelledBy(ended()).useTransaction(handle -> {
                        inside.countDown();
                        handle.execute(ENDLESS);
                    })
                    : super.receive(text);
        }
    }

    private class BlockingLeaving extends SyncWebSocketConsumer {
        BlockingLeaving(ConsumerContext context) {
            super(context);
        }

        @Override
        protected boolean cancelWhenEnded() {
            return true;
        }

        @Override
        protected void receive(String text) {
            send("never heard");
            inside.countDown();
            handle().execute(ENDLESS);
        }

        @Override
        protected void disconnect(CloseReason reason) {
            handle().execute("select 1");
            log.add("disconnect " + reason.code());
        }
    }

    private final class BlockingElsewhere extends BlockingLeaving {
        private final Database other = database("other");

        BlockingElsewhere(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            runOnOther(ENDLESS);
        }

        @Override
        protected void disconnect(CloseReason reason) {
            runOnOther("select 1");
            log.add("disconnect " + reason.code());
        }

        private void runOnOther(String sql) {
            other.useHandle(handle -> {
                        inside.countDown();
                        handle.execute(sql);
                    })
                    .toCompletableFuture()
                    .join();
        }
    }

    private final class BlockingStream extends BlockingLeaving {
        BlockingStream(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            stream(0L, Long::longValue, this::readForEver, slice -> send("never heard"));
        }

        private List<Long> readForEver(Handle handle, Long after) {
            inside.countDown();
            handle.execute(ENDLESS);
            return List.of();
        }
    }

    private final class BlockingPlain extends SyncWebSocketConsumer {
        BlockingPlain(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws Exception {
            inside.countDown();
            release.await();
            handle().execute("select 1");
            log.add("handled " + text);
        }
    }

    private Door open(boolean blocking) {
        return blocking ? Door.open(kit, BlockingLeaving::new) : Door.open(kit, Leaving::new);
    }

    /** Sends a message, and lets the peer leave when the work of that message has begun. */
    private void leaveWhileInside(Door door, String message) throws InterruptedException {
        door.tell(message);
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        door.leave(BYE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancelsTheRunningStatementAndThenDisconnectsWithThePeersCode(boolean blocking) throws Exception {
        Door door = open(blocking);

        leaveWhileInside(door, "slow");
        door.awaitStop();

        assertThat(log).containsExactly("disconnect 4001");
        assertThat(door.saidSoFar()).isEmpty();
        assertThat(database().stats().cancelled()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dropsTheWorkThatWaits(boolean blocking) {
        Door door = open(blocking);
        CompletionStage<Done> stuck = database().useHandle(handle -> release.await());
        door.tell("slow");
        awaitWaiting(1);

        door.leave(BYE);

        awaitCancelled(1);
        release.countDown();
        stuck.toCompletableFuture().join();
        door.awaitStop();
        assertThat(inside.getCount()).as("it has not started").isEqualTo(1);
        assertThat(log).containsExactly("disconnect 4001");
    }

    @Test
    void cancelsABlockingCallbackOnAnotherDatabaseButNotDisconnect() throws Exception {
        Door door = Door.open(kit, BlockingElsewhere::new);

        leaveWhileInside(door, "slow");
        door.awaitStop();

        assertThat(log).containsExactly("disconnect 4001");
        assertThat(Database.get(kit.system(), "other").stats().cancelled()).isEqualTo(1);
    }

    @Test
    void cancelsTheSliceThatIsReadForABlockingConsumer() throws Exception {
        Door door = Door.open(kit, BlockingStream::new);

        leaveWhileInside(door, "slow");
        door.awaitStop();

        assertThat(log).containsExactly("disconnect 4001");
        assertThat(door.saidSoFar()).isEmpty();
        assertThat(database().stats().cancelled()).isEqualTo(1);
    }

    @Test
    void handlesTheOtherMessagesThatWereReceived() throws Exception {
        Door door = Door.open(kit, Leaving::new);
        door.tell("slow", "second");
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        release.countDown();

        door.leave(BYE, "third");

        door.awaitStop();
        assertThat(log).containsExactly("handled second", "handled third", "disconnect 4001");
    }

    @Test
    void handlesAReceivedMessageWhereNobodyAskedForMore() throws Exception {
        Door door = Door.open(kit, Plain::new);

        leaveWhileInside(door, "message");
        release.countDown();
        door.awaitStop();

        assertThat(log).containsExactly("handled message", "disconnect 4001");
        assertThat(database().stats().cancelled()).isZero();
    }

    @Test
    void handlesAReceivedMessageInABlockingConsumerByDefault() throws Exception {
        Door door = Door.open(kit, BlockingPlain::new);

        leaveWhileInside(door, "message");
        release.countDown();
        door.awaitStop();

        assertThat(log).containsExactly("handled message");
        assertThat(database().stats().cancelled()).isZero();
    }

    @Test
    void tellsTheEndOnceOnTheTurnAndBeforeDisconnect() {
        Door door = Door.open(kit, context -> new Plain(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                ended().thenAccept(reason -> log.add("ended " + reason.code() + " on its turn: "
                        + context().turn().isCurrent()));
                return close(4002, "mine");
            }
        });

        door.tell("go");
        door.next();
        door.leave(BYE);

        door.awaitStop();
        assertThat(log).containsExactly("ended 4002 on its turn: true", "disconnect 4002");
    }

    /** What Java offers to bound a wait, or to give it up. */
    private enum GivingUp {
        OR_TIMEOUT {
            @Override
            CompletionStage<?> giveUp(CompletableFuture<CloseReason> end) {
                return end.orTimeout(1, TimeUnit.MILLISECONDS);
            }
        },
        COMPLETE_ON_TIMEOUT {
            @Override
            CompletionStage<?> giveUp(CompletableFuture<CloseReason> end) {
                return end.completeOnTimeout(CloseReason.of(4000), 1, TimeUnit.MILLISECONDS);
            }
        },
        COMPLETE_ASYNC {
            @Override
            CompletionStage<?> giveUp(CompletableFuture<CloseReason> end) {
                return end.completeAsync(() -> CloseReason.of(4000));
            }
        },
        COMPLETE {
            @Override
            CompletionStage<?> giveUp(CompletableFuture<CloseReason> end) {
                return CompletableFuture.completedFuture(end.complete(CloseReason.of(4000)));
            }
        },
        FAIL {
            @Override
            CompletionStage<?> giveUp(CompletableFuture<CloseReason> end) {
                return CompletableFuture.completedFuture(end.completeExceptionally(new TimeoutException()));
            }
        },
        CANCEL {
            @Override
            CompletionStage<?> giveUp(CompletableFuture<CloseReason> end) {
                return CompletableFuture.completedFuture(end.cancel(true));
            }
        };

        abstract CompletionStage<?> giveUp(CompletableFuture<CloseReason> end);
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheEndAlsoWhereACallerHasGivenUpWaiting(GivingUp way) {
        Door door = Door.open(kit, context -> new Plain(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                ended().thenAccept(reason -> log.add("ended " + reason.code()));
                return onTurn(way.giveUp(ended().toCompletableFuture()))
                        .handle((done, failure) ->
                                database().cancelledBy(ended()).withHandle(handle -> "not ended"))
                        .thenCompose(call -> call.thenCompose(this::send));
            }
        });

        door.tell("go");
        assertThat(door.next()).isEqualTo("not ended");
        door.leave(BYE);

        door.awaitStop();
        assertThat(log).containsExactly("ended 4001", "disconnect 4001");
    }

    private void awaitWaiting(int calls) {
        kit.createTestProbe().awaitAssert(() -> {
            assertThat(database().stats().waiting()).isEqualTo(calls);
            return true;
        });
    }

    private void awaitCancelled(int calls) {
        kit.createTestProbe().awaitAssert(() -> {
            assertThat(database().stats().cancelled()).isEqualTo(calls);
            return true;
        });
    }
}
