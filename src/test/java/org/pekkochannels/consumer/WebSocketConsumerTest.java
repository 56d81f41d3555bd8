package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

class WebSocketConsumerTest extends ConsumerTestSystem {

    private static class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) throws Exception {
            return send(text);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            return send(bytes);
        }
    }

    @Test
    void echoesTextAndBytesInKind() {
        Door door = Door.open(kit, Echo::new);

        door.tell("hello").tell(new byte[] {'w', 0, 0, 0});

        assertThat(door.next()).isEqualTo("hello");
        assertThat((byte[]) door.next()).containsExactly('w', 0, 0, 0);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void acceptsWithTheSubprotocolAndHeadersItChose() {
        Scope scope = Scope.of("/ws/").withSubprotocols(List.of("v1", "v2"));
        Header header = new Header("X-Node", "a");

        Door door = Door.knock(kit, scope, context -> new Echo(context) {
            @Override
            protected CompletionStage<?> connect() {
                return accept(Optional.of(scope().subprotocols().get(1)), List.of(header));
            }
        });

        assertThat(door.next()).isEqualTo(new Acceptance(Optional.of("v2"), List.of(header)));
        door.leave(CloseReason.LOST);
        door.awaitStop();
    }

    @Test
    void refusesWithAnyStatusAndThenDisconnectsOnce() {
        List<CloseReason> disconnects = new CopyOnWriteArrayList<>();

        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new Echo(context) {
            @Override
            protected CompletionStage<?> connect() {
                return refuse(Refusal.of(401, "log in first"));
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                disconnects.add(reason);
                return done();
            }
        });

        assertThat(door.next()).isEqualTo(Refusal.of(401, "log in first"));
        door.awaitStop();
        assertThat(disconnects).containsExactly(CloseReason.LOST);
    }

    @Test
    void refusesWith403WhenClosedBeforeAccepting() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new Echo(context) {
            @Override
            protected CompletionStage<?> connect() {
                return close(4003, "no");
            }
        });

        assertThat(door.next()).isEqualTo(Refusal.FORBIDDEN);
        door.awaitStop();
    }

    @Test
    void namesANullThatIsSent() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            Door door = Door.open(kit, context -> new Echo(context) {
                @Override
                @SuppressWarnings("NullAway")
                protected CompletionStage<?> receive(String text) {
                    return send((String) null);
                }
            });

            door.tell("hello");

            log.await("the text of send(..) must not be null");
            assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
            door.awaitStop();
        }
    }

    @Test
    void closesWith1003WhatItDoesNotHandle() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {});

        door.tell("hello");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1003);
        door.awaitStop();
    }

    @Test
    void waitsForEachStageBeforeTheNextMessage() {
        LinkedBlockingQueue<CompletableFuture<String>> work = new LinkedBlockingQueue<>();
        Door door = Door.open(kit, context -> new Echo(context) {
            @Override
            protected CompletionStage<?> receive(String text) throws Exception {
                CompletableFuture<String> one = new CompletableFuture<>();
                work.add(one);
                send("start " + text);
                return onTurn(one).thenCompose(ignored -> send("end " + text));
            }
        });

        door.tell("a", "b");
        assertThat(door.next()).isEqualTo("start a");
        work.remove().complete("");
        assertThat(door.next(2)).containsExactly("end a", "start b");
        assertThat(door.hasCredit()).isFalse();
        work.remove().complete("");

        assertThat(door.next()).isEqualTo("end b");
        door.awaitCredit();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void alternatesBetweenMessagesAndEventsWhenBothWait() {
        CompletableFuture<String> first = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new Echo(context) {
            {
                on("note", String.class, this::send);
            }

            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> accept());
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                send(text);
                return text.equals("wait") ? first.thenCompose(go -> onTurn(done())) : done();
            }
        });

        door.tell("wait", "c0", "c1", "c2");
        assertThat(door.next()).isEqualTo("wait");
        door.awaitTurn();
        for (String note : List.of("l0", "l1", "l2")) {
            layer().groupSend("all", Event.of("note", note));
        }
        first.complete("");

        assertThat(door.next(6)).containsExactly("l0", "c0", "l1", "c1", "l2", "c2");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void continuesOnItsOwnTurnWithOrWithoutAsync() {
        List<String> threads = new CopyOnWriteArrayList<>();
        Door door = Door.open(kit, context -> new Echo(context) {
            private int counter;

            @Override
            protected CompletionStage<?> receive(String text) {
                return database()
                        .withHandle(handle -> {
                            threads.add("sql " + Thread.currentThread().getName());
                            return handle.createQuery("select 1")
                                    .mapTo(int.class)
                                    .one();
                        })
                        .thenApply(one -> {
                            threads.add("turn " + Thread.currentThread().getName());
                            return counter += one;
                        })
                        .thenApplyAsync(count -> {
                            threads.add("turn " + Thread.currentThread().getName());
                            return counter;
                        })
                        .thenCompose(count -> send("" + count));
            }
        });

        door.tell("a", "b", "c");

        assertThat(door.next(3)).containsExactly("1", "2", "3");
        assertThat(threads)
                .hasSize(9)
                .allMatch(thread ->
                        thread.startsWith("sql channels-database") || thread.matches("turn .*default-dispatcher.*"));
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void handlesWhatItReceivedEvenIfThePeerLeavesAtOnce() {
        CountDownLatch left = new CountDownLatch(1);
        List<String> log = new CopyOnWriteArrayList<>();
        Door door = Door.open(kit, context -> new Echo(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return database()
                        .withHandle(handle -> left.await(20, java.util.concurrent.TimeUnit.SECONDS))
                        .thenAccept(ignored -> log.add(text));
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                log.add("disconnect " + reason.code());
                return done();
            }
        });

        door.tell("a").leave(CloseReason.of(1001), "b", "c");
        left.countDown();

        door.awaitStop();
        assertThat(log).containsExactly("a", "b", "c", "disconnect 1001");
    }
}
