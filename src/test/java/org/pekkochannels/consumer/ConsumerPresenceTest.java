package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.layer.PresenceLimitException;
import org.pekkochannels.layer.UnencodablePayloadException;
import org.pekkochannels.protocol.CloseReason;

/** Consumers that enter the presence of a group, and are told of it. */
final class ConsumerPresenceTest extends ConsumerTestSystem {
    private static final GroupName ROOM = new GroupName("room_lobby");

    @Override
    String extraConfig() {
        return "channels.layer.presence { tick = 100ms, grace = 200ms, max-meta = 64, max-per-connection = 2 }";
    }

    private record Meta(String name) {}

    /** Both kinds of consumer, which do the same. */
    private enum Kind {
        ASYNCHRONOUS,
        BLOCKING;

        Consumer make(ConsumerContext context) {
            return this == ASYNCHRONOUS ? new Asynchronous(context) : new Blocking(context);
        }
    }

    private static final class Asynchronous extends WebSocketConsumer {
        private final Group room = group(ROOM);

        Asynchronous(ConsumerContext context) {
            super(context);
            onPresence(room, diff -> send(described(diff)));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            String[] words = text.split(" ", 2);
            return (switch (words[0]) {
                        case "join" -> room.add();
                        case "discard" -> room.discard();
                        case "enter" -> presence(room).enter(words[1], new Meta(words[1]));
                        case "update" -> presence(room).update(words[1], new Meta("new"));
                        case "leave" -> presence(room).leave(words[1]);
                        default -> presence(room).list();
                    })
                    .thenCompose(result -> send(result instanceof List<?> entries ? listed(entries) : "done"));
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            keepOpen();
            return send(failure.cause().getClass().getSimpleName());
        }
    }

    private static final class Blocking extends SyncWebSocketConsumer {
        private final SyncGroup room = group(ROOM);

        Blocking(ConsumerContext context) {
            super(context);
            onPresence(room, diff -> send(described(diff)));
        }

        @Override
        protected void receive(String text) {
            String[] words = text.split(" ", 2);
            switch (words[0]) {
                case "join" -> room.add();
                case "discard" -> room.discard();
                case "enter" -> presence(room).enter(words[1], new Meta(words[1]));
                case "update" -> presence(room).update(words[1], new Meta("new"));
                case "leave" -> presence(room).leave(words[1]);
                default -> {
                    send(listed(presence(room).list()));
                    return;
                }
            }
            send("done");
        }

        @Override
        protected void failed(Failure failure) {
            keepOpen();
            send(failure.cause().getClass().getSimpleName());
        }
    }

    private static String described(Presence.Diff diff) {
        Map<String, List<String>> joins = new TreeMap<>();
        diff.joins()
                .forEach((key, entries) -> joins.put(
                        key,
                        entries.stream()
                                .map(entry -> entry.meta(Meta.class).name())
                                .sorted()
                                .toList()));
        return (diff.state() ? "state " : "diff ") + joins + " " + diff.leaves().keySet();
    }

    private static String listed(List<?> entries) {
        return entries.stream()
                .map(entry -> ((Presence.Entry) entry).key())
                .toList()
                .toString();
    }

    private Door open(Kind kind) {
        return Door.open(kit, kind::make);
    }

    private static void leave(Door... doors) {
        for (Door door : doors) {
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsAMemberTheStateAndWhatChanges(Kind kind) {
        Door ann = open(kind);
        Door bob = open(kind);

        assertThat(ann.tell("enter ann").next()).isEqualTo("done");
        assertThat(bob.tell("join").next(2)).containsExactly("done", "state {ann=[ann]} []");
        assertThat(ann.tell("update ann").next()).isEqualTo("done");
        assertThat(bob.next()).isEqualTo("diff {ann=[new]} []");
        assertThat(bob.tell("list").next()).isEqualTo("[ann]");
        assertThat(ann.tell("leave ann").next()).isEqualTo("done");
        assertThat(bob.next()).isEqualTo("diff {} [ann]");
        assertThat(bob.tell("list").next()).isEqualTo("[]");
        leave(ann, bob);
    }

    @ParameterizedTest
    @EnumSource
    void endsTheEntriesOnceWithTheConnection(Kind kind) {
        Door bob = open(kind);
        Door ann = open(kind);
        ann.tell("enter ann", "enter anna");
        ann.next(2);
        assertThat(bob.tell("join").next(2)).containsExactly("done", "state {ann=[ann], anna=[anna]} []");

        leave(ann);

        assertThat(layer().presence().stats().entries()).isZero();
        assertThat(bob.next()).isEqualTo("diff {} [ann, anna]");
        Door last = open(kind);
        last.tell("enter last").next();
        assertThat(bob.next()).isEqualTo("diff {last=[last]} []");
        leave(bob, last);
        assertThat(layer().presence().stats().watches()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void countsTwoDevicesAsOneKey(Kind kind) {
        Door phone = open(kind);
        Door laptop = open(kind);
        phone.tell("enter ann").next();
        laptop.tell("enter ann").next();
        Door bob = open(kind);

        assertThat(bob.tell("join").next(2)).containsExactly("done", "state {ann=[ann, ann]} []");
        leave(phone, laptop, bob);
    }

    @ParameterizedTest
    @EnumSource
    void tellsNothingAfterTheGroupWasLeft(Kind kind) {
        Door bob = open(kind);
        bob.tell("join").next(2);
        bob.tell("discard").next();
        Door ann = open(kind);
        ann.tell("enter ann").next();

        assertThat(bob.tell("join").next(2)).containsExactly("done", "state {ann=[ann]} []");
        leave(ann, bob);
    }

    @ParameterizedTest
    @EnumSource
    void failsTypedOverABound(Kind kind) {
        Door ann = open(kind);

        ann.tell("enter a", "enter b", "enter c", "enter " + "x".repeat(70), "update z", "enter __proto__");

        assertThat(ann.next(6))
                .containsExactly(
                        "done",
                        "done",
                        "PresenceLimitException",
                        "PresenceLimitException",
                        "IllegalStateException",
                        "PresenceLimitException");
        assertThat(layer().presence().stats().refused())
                .containsEntry(PresenceLimitException.Limit.CONNECTION, 2L)
                .containsEntry(PresenceLimitException.Limit.META, 1L);
        leave(ann);
    }

    @Test
    void relaysTheJsonToTheClient() {
        Door bob = Door.open(kit, context -> new WebSocketConsumer(context) {
            private final Group room = group(ROOM);

            {
                relayPresence(room);
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return presence(room).enter(text, Map.of("a", 1)).thenCompose(entered -> room.add());
            }
        });

        bob.tell("__proto__");

        assertThat(text(bob.next()))
                .matches("\\{\"type\":\"presence\",\"group\":\"room_lobby\",\"state\":true,"
                        + "\"joins\":\\{\"__proto__\":\\{\"[A-Za-z0-9-]+\":\\{\"a\":1}}},\"leaves\":\\{}}");
        leave(bob);
    }

    @Test
    void relaysToABlockingConsumersClient() {
        Door bob = Door.open(kit, context -> new SyncWebSocketConsumer(context) {
            {
                relayPresence();
            }

            @Override
            protected void receive(String text) {
                group(text).add();
            }
        });

        bob.tell("hall");

        assertThat(text(bob.next())).startsWith("{\"type\":\"presence\",\"group\":\"hall\",\"state\":true");
        leave(bob);
    }

    @Test
    void hasOneHandlerForGroupsThatAreKnownLater() {
        Door bob = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                onPresence(group("hall"), diff -> send("hall"));
                onPresence(diff -> send(diff.group().value() + " of others"));
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return group(text).add();
            }
        });

        bob.tell("hall");
        assertThat(bob.next()).isEqualTo("hall");
        bob.tell("cellar");
        assertThat(bob.next()).isEqualTo("cellar of others");
        leave(bob);
    }

    @Test
    void entersFromAnotherThreadOnTheTurn() throws InterruptedException {
        List<WebSocketConsumer> made = new ArrayList<>();
        Door ann = Door.open(kit, context -> {
            Asynchronous consumer = new Asynchronous(context);
            made.add(consumer);
            return consumer;
        });
        WebSocketConsumer consumer = made.get(0);
        GroupPresence presence = consumer.presence(consumer.group(ROOM));

        presence.enter("ann", new Meta("Ann")).toCompletableFuture().join();
        assertThat(presence.list().toCompletableFuture().join()).hasSize(1);
        assertThat(presence.enter("ann", new Object()).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(UnencodablePayloadException.class);

        leave(ann);
        presence.enter("late", new Meta("Late")).toCompletableFuture().join();
        assertThat(layer().presence().stats().entries()).isZero();
        assertThat(presence.list().toCompletableFuture().join()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void closesWith1011WhenAHandlerFails(Planted planted) {
        Door bob = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                onPresence(diff -> {
                    planted.raise();
                    return done();
                });
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return group(ROOM).add();
            }
        });
        Door ann = Door.open(kit, Asynchronous::new);

        ann.tell("join").next(2);
        bob.tell("join");

        assertThat(bob.next()).isEqualTo(CloseReason.of(1011));
        bob.awaitStop();
        ann.tell("enter ann");
        assertThat(ann.next(2)).containsExactlyInAnyOrder("done", "diff {ann=[ann]} []");
        leave(ann);
    }

    @Test
    void rejectsAForgedEventAndKeepsTheConnection() {
        Door bob = open(Kind.ASYNCHRONOUS);
        bob.tell("join").next(2);

        layer().groupSend(ROOM, Event.of(Presence.EVENT, Map.of("group", "x")));

        assertThat(bob.tell("list").next()).isEqualTo("[]");
        leave(bob);
    }

    @Test
    void registersInTheConstructorAndOncePerGroup() {
        Door bob = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                relayPresence(group(ROOM));
                assertThat(thrownBy(() -> onPresence(group(ROOM), diff -> done())))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageEndingWith("has two handlers for the presence of group 'room_lobby'");
                onPresence(diff -> done());
                assertThat(thrownBy(this::relayPresence))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageEndingWith("has two handlers for the presence of other groups");
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return send(String.valueOf(
                        thrownBy(() -> onPresence(diff -> done())).getMessage()));
            }
        });

        assertThat(text(bob.tell("late").next()))
                .endsWith("calls onPresence(..) after its constructor; call it in the constructor");
        leave(bob);
    }

    private static Throwable thrownBy(Runnable code) {
        try {
            code.run();
            throw new AssertionError("nothing was thrown");
        } catch (RuntimeException e) {
            return e;
        }
    }

    private static String text(Object said) {
        return said.toString();
    }
}
