package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.layer.Event;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** The events that reach a consumer by its groups or its own channel. */
class ConsumerEventsTest extends ConsumerTestSystem {
    @Test
    void refusesEventsThatNothingWasRegisteredFor() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(kit.system()).bindTo(registry);
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                on("note", Map.class, note -> send(note.toString()));
            }

            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> accept());
            }
        });

        for (String type : List.of("close", "dispatch", "scope", "note.x")) {
            layer().groupSend("all", Event.of(type, Map.of()));
        }
        layer().groupSend("all", Event.of("note", "no map"));
        layer().groupSend("all", Event.of("note", Map.of("a", 1)));

        assertThat(door.next()).isEqualTo("{a=1}");
        assertThat(door.saidSoFar()).isEmpty();
        assertThat(registry.get("channels.consumer.refused").functionCounter().count())
                .isEqualTo(5);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    private static final TypeReference<List<Integer>> NUMBERS = new TypeReference<>() {};

    private static String sum(List<Integer> numbers) {
        return "sum " + numbers.stream().mapToInt(Integer::intValue).sum();
    }

    static Stream<Function<ConsumerContext, Consumer>> adders() {
        return Stream.of(
                context -> new WebSocketConsumer(context) {
                    {
                        on("numbers", NUMBERS, numbers -> send(sum(numbers)));
                    }

                    @Override
                    protected CompletionStage<?> connect() {
                        return group("all").add().thenCompose(joined -> accept());
                    }
                },
                context -> new SyncWebSocketConsumer(context) {
                    {
                        on("numbers", NUMBERS, numbers -> send(sum(numbers)));
                    }

                    @Override
                    protected void connect() {
                        group("all").add();
                        accept();
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("adders")
    void decodesAPayloadToAGenericType(Function<ConsumerContext, Consumer> factory) {
        Door door = Door.open(kit, factory);

        layer().groupSend("all", "numbers", Map.of("a", 1));
        layer().groupSend("all", "numbers", List.of(1.5));
        layer().groupSend("all", "numbers", List.of(1, 2));

        assertThat(door.next()).isEqualTo("sum 3");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        assertThat(door.saidSoFar()).isEmpty();
    }

    @Test
    void relaysAnEventsPayloadAsItIs() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                relay("chat.message");
            }

            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> accept());
            }
        });

        layer().groupSend("all", Event.of("chat.message", Map.of("message", "h\u00e9llo")));

        assertThat(door.next()).isEqualTo("{\"message\":\"h\u00e9llo\"}");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void receivesWhatIsSentToItsOwnChannel() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                on("note", String.class, this::send);
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return send(channelName());
            }
        });
        door.tell("who are you?");
        String channel = (String) door.next();

        layer().send(channel, Event.of("note", "psst"));

        assertThat(door.next()).isEqualTo("psst");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void leavesItsGroupsWithItsClientWhileItHandlesAMessage() {
        CompletableFuture<Done> mayEnd = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> accept());
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return send("handling").thenCompose(sent -> onTurn(mayEnd));
            }
        });
        door.tell("go");
        assertThat(door.next()).isEqualTo("handling");

        door.leave(CloseReason.of(1001));

        kit.createTestProbe().awaitAssert(Duration.ofSeconds(20), () -> {
            assertThat(layer().stats().members()).isZero();
            return true;
        });
        mayEnd.complete(Done.done());
        door.awaitStop();
    }

    @Test
    void keepsNoChannelOfAConsumerThatFirstAsksForItsNameAfterTheEnd() {
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> connect() {
                return refuse();
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                names.complete(List.of(channelName(), channelName()));
                return done();
            }
        });
        assertThat(door.next()).isEqualTo(Refusal.FORBIDDEN);
        door.awaitStop();

        assertThat(layer().stats().channels()).isZero();
        assertThat(names.join().get(0)).isEqualTo(names.join().get(1));
        layer().send(names.join().get(0), Event.of("note", "too late"));
        assertThat(layer().stats().unknown()).isEqualTo(1);
    }

    @Test
    void doesNotTakeTwoHandlersForOneType() {
        Door door = Door.knock(kit, Scope.of("/ws/"), context -> new WebSocketConsumer(context) {
            {
                on("note", String.class, this::send);
                on("note", String.class, this::send);
            }
        });

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
    }
}
