package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Promise 3: every way out runs {@code disconnect} exactly once and leaves no group behind. */
class ConsumerLifecycleTest extends ConsumerTestSystem {
    private final List<String> log = new CopyOnWriteArrayList<>();

    @Override
    String extraConfig() {
        return "channels.consumer.disconnect-timeout = 1s";
    }

    /** Where, and how, the consumer under test fails. */
    private enum Fault {
        NONE,
        CONNECT_BEFORE_GROUP,
        CONNECT_AFTER_GROUP,
        CONNECT_STAGE,
        RECEIVE,
        RECEIVE_STAGE,
        RECEIVE_NULL,
        RECEIVE_BYTES,
        RECEIVE_IN_DATABASE,
        EVENT,
        DISCONNECT
    }

    private final class Faulty extends WebSocketConsumer {
        private final Fault fault;

        Faulty(ConsumerContext context, Fault fault) {
            super(context);
            this.fault = fault;
            on("note", String.class, this::note);
        }

        @Override
        protected CompletionStage<?> connect() {
            failIf(Fault.CONNECT_BEFORE_GROUP);
            return group("all").add().thenCompose(joined -> {
                failIf(Fault.CONNECT_AFTER_GROUP);
                return fault == Fault.CONNECT_STAGE ? failedStage() : accept();
            });
        }

        @Override
        @SuppressWarnings("NullAway") // that is the fault
        protected CompletionStage<?> receive(String text) {
            failIf(Fault.RECEIVE);
            return switch (fault) {
                case RECEIVE_STAGE -> failedStage();
                case RECEIVE_NULL -> null;
                case RECEIVE_IN_DATABASE ->
                    database()
                            .withHandle(handle -> handle.createQuery("select * from nothing_there")
                                    .mapToMap()
                                    .list());
                default -> send(text);
            };
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            failIf(Fault.RECEIVE_BYTES);
            return send(bytes);
        }

        private CompletionStage<?> note(String text) {
            failIf(Fault.EVENT);
            return send(text);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            log.add("disconnect " + reason.code() + " with " + layer().stats().members() + " members");
            failIf(Fault.DISCONNECT);
            return done();
        }

        private void failIf(Fault here) {
            if (fault == here) {
                throw new IllegalStateException("planted in " + here);
            }
        }

        private static CompletionStage<Done> failedStage() {
            return CompletableFuture.failedFuture(new IllegalStateException("planted in a stage"));
        }
    }

    private Function<ConsumerContext, Consumer> faulty(Fault fault) {
        return context -> new Faulty(context, fault);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT_BEFORE_GROUP", "CONNECT_AFTER_GROUP", "CONNECT_STAGE"})
    void answers500WhenConnectFails(Fault fault) {
        Door door = Door.knock(kit, Scope.of("/ws/"), faulty(fault));

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
        assertThat(log).containsExactly("disconnect 1006 with 0 members");
    }

    @ParameterizedTest
    @EnumSource(names = {"RECEIVE", "RECEIVE_STAGE", "RECEIVE_NULL", "RECEIVE_BYTES", "RECEIVE_IN_DATABASE", "EVENT"})
    void closesWith1011WhenACallbackFails(Fault fault) {
        Door door = Door.open(kit, faulty(fault));

        if (fault == Fault.EVENT) {
            layer().groupSend("all", Event.of("note", "hello"));
        } else if (fault == Fault.RECEIVE_BYTES) {
            door.tell(new byte[1]);
        } else {
            door.tell("first", "second");
        }

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(door.saidSoFar()).isEmpty();
        assertThat(log).containsExactly("disconnect 1011 with 0 members");
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "DISCONNECT"})
    void disconnectsOnceWhenThePeerCloses(Fault fault) {
        Door door = Door.open(kit, faulty(fault));

        door.leave(new CloseReason(4001, "bye"));

        door.awaitStop();
        assertThat(log).containsExactly("disconnect 4001 with 0 members");
    }

    @Test
    void disconnectsOnceWhenItClosesItselfAndThePeerAnswers() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return send("last words").thenCompose(sent -> close(4001, "bye"));
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                log.add("disconnect " + reason);
                return done();
            }
        });

        door.tell("go", "too late");
        assertThat(door.next(2)).containsExactly("last words", new CloseReason(4001, "bye"));
        door.leave(new CloseReason(4001, "bye"));

        door.awaitStop();
        assertThat(log).containsExactly("disconnect " + new CloseReason(4001, "bye"));
    }

    @Test
    void disconnectsOnceWhenItsActorIsStoppedFromOutside() {
        Door door = Door.open(kit, faulty(Fault.NONE));

        kit.stop(door.consumer());

        assertThat(door.next()).isEqualTo(CloseReason.of(1001));
        assertThat(log).containsExactly("disconnect 1001 with 0 members");
    }

    @Test
    void answers500WhenTheConstructorFails() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> {
            throw new IllegalStateException("planted in the constructor");
        });

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
    }

    @Test
    void stopsWhenTheHandshakeTimesOut() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> ended());
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                log.add("disconnect " + reason.code());
                return done();
            }
        });
        door.awaitTurn();

        door.leave(CloseReason.LOST);

        door.awaitStop();
        assertThat(log).containsExactly("disconnect 1006");
    }

    @Test
    void givesUpAHandlerThatNeverEnds() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return new CompletableFuture<String>();
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                log.add("disconnect " + reason.code());
                return new CompletableFuture<String>();
            }
        });

        door.tell("wait for ever").leave(CloseReason.LOST, "never seen");

        door.awaitStop();
        assertThat(log).containsExactly("disconnect 1006");
    }

    @Test
    void leavesItsGroupsAtOnceWhenThePeerLeavesDuringAHandler() {
        CompletableFuture<String> work = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> accept());
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return text.equals("join") ? group("late").add() : work;
            }
        });

        door.tell("work", "join").leave(CloseReason.of(1000));
        kit.createTestProbe().awaitAssert(() -> {
            assertThat(layer().stats().members()).isZero();
            return true;
        });
        work.complete("");

        door.awaitStop();
        assertThat(layer().stats().members()).isZero();
    }

    @Test
    void acceptsWithoutAnyCallbackOfItsOwn() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new WebSocketConsumer(context) {});

        assertThat(door.next()).isEqualTo(Acceptance.PLAIN);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
