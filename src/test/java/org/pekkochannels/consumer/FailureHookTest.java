package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** What {@code failed(..)} of a consumer may answer, and the default when it does not. */
class FailureHookTest extends FailureTestSystem {
    private static final String FAILED = "fail";

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<Consumer.Failure> failures = new CopyOnWriteArrayList<>();

    @Override
    String extraConfig() {
        return super.extraConfig() + "\nchannels.consumer.disconnect-timeout = 1s";
    }

    private enum Kind {
        ASYNC,
        BLOCKING
    }

    /** What {@code failed(..)} does. */
    private enum Answer {
        KEEP_OPEN,
        NOTHING,
        CLOSE,
        ACCEPT,
        REFUSE,
        THROW,
        THROW_AGAIN
    }

    private Function<ConsumerContext, Consumer> failing(Kind kind, Answer answer) {
        return context -> kind == Kind.ASYNC ? new Async(context, answer) : new Blocking(context, answer);
    }

    private static void failOn(String text) {
        if (text.startsWith(FAILED)) {
            throw new IllegalArgumentException("planted " + text);
        }
    }

    private final class Async extends WebSocketConsumer {
        private final Answer answer;

        Async(ConsumerContext context, Answer answer) {
            super(context);
            this.answer = answer;
            on("note", String.class, this::receive);
        }

        @Override
        protected CompletionStage<?> connect() {
            failOn(scope().path());
            return group("all").add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            failOn(text);
            if (text.equals("keep")) {
                keepOpen();
            }
            return send("echo " + text);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            return done().thenApply(done -> {
                throw new IllegalArgumentException("planted bytes");
            });
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) throws Exception {
            failures.add(failure);
            if (scope().path().equals("/ws/test/")) {
                send("failed " + failure.callback());
            }
            return switch (answer) {
                case KEEP_OPEN -> keepOpen();
                case NOTHING -> done();
                case CLOSE -> close(4001, "sorry");
                case ACCEPT -> accept();
                case REFUSE -> refuse(Refusal.of(409, "sorry"));
                case THROW -> throw new IllegalStateException("second");
                case THROW_AGAIN -> throw (Exception) failure.cause();
            };
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            said.add("disconnect " + reason.code());
            return done();
        }
    }

    private final class Blocking extends SyncWebSocketConsumer {
        private final Answer answer;

        Blocking(ConsumerContext context, Answer answer) {
            super(context);
            this.answer = answer;
            on("note", String.class, this::receive);
        }

        @Override
        protected void connect() {
            failOn(scope().path());
            group("all").add();
            accept();
        }

        @Override
        protected void receive(String text) {
            failOn(text);
            if (text.equals("keep")) {
                keepOpen();
            }
            send("echo " + text);
        }

        @Override
        protected void receive(byte[] bytes) {
            send("discarded");
            throw new IllegalArgumentException("planted bytes");
        }

        @Override
        protected void failed(Failure failure) throws Exception {
            failures.add(failure);
            if (scope().path().equals("/ws/test/") && answer != Answer.THROW) {
                send("failed " + failure.callback());
            }
            switch (answer) {
                case KEEP_OPEN -> keepOpen();
                case NOTHING -> {}
                case CLOSE -> close(4001, "sorry");
                case ACCEPT -> accept();
                case REFUSE -> refuse(Refusal.of(409, "sorry"));
                case THROW -> throw new IllegalStateException("second");
                case THROW_AGAIN -> throw (Exception) failure.cause();
            }
        }

        @Override
        protected void disconnect(CloseReason reason) {
            said.add("disconnect " + reason.code());
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheConnectionOpen(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.KEEP_OPEN));

        door.tell("fail 1", "b");

        assertThat(door.next(2)).containsExactly("failed receive(String)", "echo b");
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).text()).contains("fail 1");
        assertThat(failures.get(0).bytes()).isEmpty();
        assertThat(failures.get(0).event()).isEmpty();
        assertThat(failures.get(0).cause()).hasMessage("planted fail 1");
        leave(door);
        assertThat(log.soFar("failed")).isEmpty();
        assertThat(count("channels.consumer.failures")).isEqualTo(1);
        assertThat(count("channels.consumer.failures.handled")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void hasTheBytesOrTheEventAtHand(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.KEEP_OPEN));

        door.tell("bytes".getBytes(StandardCharsets.UTF_8));
        assertThat(door.next()).isEqualTo("failed receive(byte[])");
        layer().groupSend("all", Event.of("note", "fail 2"));
        assertThat(door.next()).isEqualTo("failed handler of 'note'");

        assertThat(failures.get(0).bytes().orElseThrow()).isEqualTo("bytes".getBytes(StandardCharsets.UTF_8));
        assertThat(failures.get(1).event().map(Event::type)).contains("note");
        assertThat(failures.get(1).text()).isEmpty();
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void closesWith1011UnlessTheFailureIsHandled(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.NOTHING));

        door.tell("fail", "unread");

        assertThat(door.next(2)).containsExactly("failed receive(String)", CloseReason.of(1011));
        door.awaitStop();
        assertThat(log.soFar(".receive(String) on /ws/test/ failed")).hasSize(1);
        assertThat(said).containsExactly("disconnect 1011");
        assertThat(count("channels.consumer.failures.handled")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void closesAsTheHookSays(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.CLOSE));

        door.tell("fail");

        assertThat(door.next(2)).containsExactly("failed receive(String)", new CloseReason(4001, "sorry"));
        door.awaitStop();
        assertThat(log.soFar("failed")).isEmpty();
        assertThat(said).containsExactly("disconnect 4001");
    }

    @ParameterizedTest
    @EnumSource
    void logsBothAndClosesWith1011WhenTheHookFails(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.THROW));

        door.tell("fail");

        Object first = door.next();
        assertThat(kind == Kind.ASYNC ? door.next() : first).isEqualTo(CloseReason.of(1011));
        door.awaitStop();
        assertThat(log.await(".receive(String) on /ws/test/ failed")).contains("planted fail");
        assertThat(log.await(".failed(Failure) on /ws/test/ failed")).contains("second");
        assertThat(failures).as("no recursion").hasSize(1);
        assertThat(count("channels.consumer.failures")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void logsAFailureThatTheHookThrowsAgainOnce(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.THROW_AGAIN));

        door.tell("fail");

        door.awaitStop();
        assertThat(log.soFar("planted fail")).hasSize(1).allMatch(line -> line.contains("receive(String)"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesOrAcceptsWhenConnectFails(Kind kind) {
        Door refused = Door.knock(kit, Scope.of("fail/"), failing(kind, Answer.REFUSE));
        assertThat(((Refusal) refused.next()).status()).isEqualTo(409);
        refused.awaitStop();

        Door accepted = Door.knock(kit, Scope.of("fail/"), failing(kind, Answer.ACCEPT));
        assertThat(accepted.next()).isInstanceOf(Acceptance.class);
        accepted.tell("a");
        assertThat(accepted.next()).isEqualTo("echo a");
        leave(accepted);
        assertThat(log.soFar("failed")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void answers500WhenConnectFailsAndTheHookDecidesNothing(Kind kind) {
        for (Answer undecided : List.of(Answer.NOTHING, Answer.KEEP_OPEN, Answer.THROW)) {
            Door door = Door.knock(kit, Scope.of("fail/"), failing(kind, undecided));

            assertThat(((Refusal) door.next()).status()).as("%s", undecided).isEqualTo(500);
            door.awaitStop();
            log.await(".connect() on fail/ failed");
        }
        assertThat(log.soFar("without a decision")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusesKeepOpenOutsideOfTheHook(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.CLOSE));

        door.tell("keep");

        door.awaitStop();
        assertThat(failures.get(0).cause())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("calls keepOpen() outside of failed(..)");
    }

    @ParameterizedTest
    @EnumSource
    void handlesTheFailureOfAMessageWhoseClientHasLeft(Kind kind) {
        Door door = Door.open(kit, failing(kind, Answer.NOTHING));

        door.leave(CloseReason.of(1001), "fail");

        door.awaitStop();
        assertThat(failures).hasSize(1);
        assertThat(log.soFar(".receive(String) on /ws/test/ failed")).hasSize(1);
    }

    @Test
    void waitsForTheStageOfTheHookBeforeTheNextMessage() {
        CompletableFuture<String> pending = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                failOn(text);
                return send(text);
            }

            @Override
            protected CompletionStage<?> failed(Failure failure) {
                return onTurn(pending).thenCompose(this::send).thenCompose(sent -> keepOpen());
            }
        });

        door.tell("fail", "b");
        door.awaitTurn();
        pending.complete("a");

        assertThat(door.next(2)).containsExactly("a", "b");
        leave(door);
    }

    @Test
    void takesKeepOpenFromAnotherThread() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                failOn(text);
                return send(text);
            }

            @Override
            protected CompletionStage<?> failed(Failure failure) {
                return CompletableFuture.runAsync(() -> {}).thenComposeAsync(ran -> keepOpen());
            }
        });

        door.tell("fail", "b");

        assertThat(door.next()).isEqualTo("b");
        leave(door);
    }

    @Test
    void closesWith1013WhenTheDatabaseIsOverloaded() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                throw ConsumerOverloadedException.ofDrained("planted", 1);
            }

            @Override
            protected CompletionStage<?> failed(Failure failure) {
                return send(failure.callback());
            }
        });

        door.tell("a");

        assertThat(door.next(2)).containsExactly("receive(String)", CloseReason.of(1013));
        door.awaitStop();
    }

    @Test
    void doesNotGetTheFailuresOfTheConstructorDisconnectAndTasks() {
        Door unmade = Door.knock(kit, Scope.of("/ws/test/"), context -> new WebSocketConsumer(context) {
            {
                failOn(FAILED);
            }

            @Override
            protected CompletionStage<?> failed(Failure failure) {
                failures.add(failure);
                return accept();
            }
        });
        assertThat(((Refusal) unmade.next()).status()).isEqualTo(500);
        unmade.awaitStop();
        Door left = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                context().turn().execute(() -> failOn(FAILED));
                return done();
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                failOn(FAILED);
                return done();
            }

            @Override
            protected CompletionStage<?> failed(Failure failure) {
                failures.add(failure);
                return keepOpen();
            }
        });
        left.tell("task");
        assertThat(left.next()).isEqualTo(CloseReason.of(1011));
        left.awaitStop();

        log.await(".disconnect(CloseReason) on /ws/test/ failed");
        assertThat(failures).isEmpty();
    }

    @Test
    void findsTheTransactionRolledBackAndCommitsItsOwn() {
        database()
                .useHandle(handle -> handle.execute("create table note (body text)"))
                .toCompletableFuture()
                .join();
        Door door = Door.open(kit, context -> new SyncWebSocketConsumer(context) {
            @Override
            protected Optional<TransactionOptions> transaction() {
                return Optional.of(TransactionOptions.defaults());
            }

            @Override
            protected void receive(String text) {
                handle().execute("insert into note values (?)", text);
                send("discarded");
                failOn(text);
            }

            @Override
            protected void failed(Failure failure) {
                send("notes: " + notes());
                handle().execute("insert into note values ('audit')");
                keepOpen();
            }

            private List<String> notes() {
                return handle().createQuery("select body from note")
                        .mapTo(String.class)
                        .list();
            }
        });

        door.tell("fail");
        assertThat(door.next()).isEqualTo("notes: []");
        door.tell("fail");
        assertThat(door.next()).isEqualTo("notes: [audit]");
        leave(door);
    }

    @Test
    void logsTheFailureWhenTheHookIsAbandonedAfterTheEnd() {
        Door door = Door.open(kit, Pending::new);

        door.tell("fail");
        assertThat(door.next()).isEqualTo("pending");
        door.leave(CloseReason.of(1001));

        door.awaitStop();
        log.await("failed(Failure) on /ws/test/ was abandoned");
        log.await(".receive(String) on /ws/test/ failed");
    }

    @Test
    void logsTheFailureWhenTheActorIsStoppedMeanwhile() {
        Door door = Door.open(kit, Pending::new);

        door.tell("fail");
        assertThat(door.next()).isEqualTo("pending");
        kit.stop(door.consumer(), Duration.ofSeconds(20));

        log.await(".receive(String) on /ws/test/ failed");
    }

    private static final class Pending extends WebSocketConsumer {
        Pending(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            failOn(text);
            return done();
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            send("pending");
            return new CompletableFuture<>();
        }
    }

    abstract static class WithHook extends JsonWebSocketConsumer<String> {
        WithHook(ConsumerContext context) {
            super(context, String.class);
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            return done();
        }
    }

    abstract static class Inheriting extends WithHook {
        Inheriting(ConsumerContext context) {
            super(context);
        }
    }

    @Test
    void needsNoCallbackWithoutAHook() {
        assertThat(FailureHandling.isOverriddenBy(SyncJsonWebSocketConsumer.class))
                .isFalse();
        assertThat(FailureHandling.isOverriddenBy(WebSocketConsumer.class)).isFalse();
        assertThat(FailureHandling.isOverriddenBy(Inheriting.class)).isTrue();
        assertThat(FailureHandling.isOverriddenBy(Blocking.class)).isTrue();
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
