package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

class JsonWebSocketConsumerTest extends ConsumerTestSystem {

    private record Message(String message) {}

    private static class Echo extends JsonWebSocketConsumer<Message> {
        Echo(ConsumerContext context) {
            super(context, Message.class);
        }

        @Override
        protected CompletionStage<?> receiveJson(Message message) {
            return sendJson(message);
        }
    }

    private static class SyncEcho extends SyncJsonWebSocketConsumer<Message> {
        SyncEcho(ConsumerContext context) {
            super(context, Message.class);
        }

        @Override
        protected void receiveJson(Message message) throws Exception {
            sendJson(message);
        }
    }

    @Test
    void decodesToTheTypeAndIgnoresWhatItDoesNotKnow() {
        Door door = Door.open(kit, Echo::new);

        door.tell("{\"message\": \"h\u00e9llo\", \"more\": 1}");

        assertThat(door.next()).isEqualTo("{\"message\":\"h\u00e9llo\"}");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{} {}", "[1", "{\"message\": {}", "{\"message\": \"a\"} x", "nonsense"})
    void closesWith1007WhatIsNotJson(String text) {
        assertThat(answer(Echo::new, text)).isEqualTo(new CloseReason(1007, "malformed JSON"));
        assertThat(answer(SyncEcho::new, text)).isEqualTo(new CloseReason(1007, "malformed JSON"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[1]", "7", "{}", "{\"message\": {}}", "{\"message\": null}"})
    void closesWith1008JsonOfAnotherShape(String text) {
        assertThat(answer(Echo::new, text)).isEqualTo(new CloseReason(1008, "invalid message"));
        assertThat(answer(SyncEcho::new, text)).isEqualTo(new CloseReason(1008, "invalid message"));
    }

    @Test
    void closesWith1008WhatIsNestedTooDeeply() {
        String deep = "{\"more\":" + "[".repeat(2000) + "]".repeat(2000) + ",\"message\":\"a\"}";

        assertThat(answer(Echo::new, deep)).isEqualTo(new CloseReason(1008, "invalid message"));
    }

    private Object answer(Function<ConsumerContext, Consumer> factory, String text) {
        Door door = Door.open(kit, factory);
        door.tell(text);
        Object answer = door.next();
        door.awaitStop();
        return answer;
    }

    record Positive(int number) {
        Positive {
            if (number <= 0) {
                throw new IllegalArgumentException("number must be positive, was " + number);
            }
        }
    }

    @Test
    void closesWith1008WhatTheTypeRefuses() {
        Door door = Door.open(kit, context -> new JsonWebSocketConsumer<Positive>(context, Positive.class) {
            @Override
            protected CompletionStage<?> receiveJson(Positive positive) {
                return sendJson(positive);
            }
        });

        door.tell("{\"number\": 1}", "{\"number\": 0}");

        assertThat(door.next(2)).containsExactly("{\"number\":1}", new CloseReason(1008, "invalid message"));
        door.awaitStop();
    }

    @Test
    void closesWith1003ABinaryMessage() {
        Door door = Door.open(kit, Echo::new);

        door.tell(new byte[] {1});

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1003);
        door.awaitStop();
    }

    @Test
    void asksItsOwnCallbackAboutMalformedJson() {
        Door door = Door.open(kit, context -> new Echo(context) {
            @Override
            protected CompletionStage<?> malformed(String text, JsonProcessingException failure) {
                return send("what is " + text + "?");
            }
        });

        door.tell("{");

        assertThat(door.next()).isEqualTo("what is {?");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void decodesToNodesAsWell() {
        Door door = Door.open(kit, context -> new JsonWebSocketConsumer<JsonNode>(context, JsonNode.class) {
            @Override
            protected CompletionStage<?> receiveJson(JsonNode message) {
                return sendJson(message);
            }
        });

        door.tell("null", "[1, 2]");

        assertThat(door.next(2)).containsExactly("null", "[1,2]");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void worksTheSameInTheBlockingVariant() {
        Door door = Door.open(kit, SyncEcho::new);

        door.tell("{\"message\": \"a\"}", "{");

        assertThat(door.next(2)).containsExactly("{\"message\":\"a\"}", new CloseReason(1007, "malformed JSON"));
        door.awaitStop();
    }

    record Raising(Planted raised) {
        Raising {
            raised.raise();
        }
    }

    private static final class RaisingConsumer extends JsonWebSocketConsumer<Raising> {
        RaisingConsumer(ConsumerContext context) {
            super(context, Raising.class);
        }

        @Override
        protected CompletionStage<?> receiveJson(Raising message) {
            return done();
        }

        @Override
        protected CompletionStage<?> malformed(String text, JsonProcessingException failure) {
            return send("malformed");
        }
    }

    private static final class SyncRaisingConsumer extends SyncJsonWebSocketConsumer<Raising> {
        SyncRaisingConsumer(ConsumerContext context) {
            super(context, Raising.class);
        }

        @Override
        protected void receiveJson(Raising message) {}
    }

    @ParameterizedTest
    @EnumSource
    void closesWith1011WhatTheTypesConstructorThrows(Planted planted) {
        String text = "{\"raised\":\"" + planted + "\"}";
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            assertThat(answer(RaisingConsumer::new, text)).isEqualTo(CloseReason.of(1011));
            assertThat(log.await("failed"))
                    .contains(".receiveJson(..) on /ws/test/", planted.type().getName());
            assertThat(answer(SyncRaisingConsumer::new, text)).isEqualTo(CloseReason.of(1011));
            assertThat(log.await("failed"))
                    .contains(".receiveJson(..) on /ws/test/", planted.type().getName());
        }
    }

    @Test
    void refusesATypeThatJacksonCanNeverMakeInItsConstructor() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            Door door =
                    Door.knock(kit, Scope.of("/ws/test/"), context -> new JsonWebSocketConsumer<>(context, Door.class) {
                        @Override
                        protected CompletionStage<?> receiveJson(Door message) {
                            return done();
                        }
                    });

            assertThat(((Refusal) door.next()).status()).isEqualTo(500);
            assertThat(log.await("failed"))
                    .contains("constructor on /ws/test/", Door.class.getName(), "make it a record");
            door.awaitStop();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsTheStageOfAMessageWhoseGetterThrows(Planted planted) {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return sendJson(new Object() {
                            @SuppressWarnings({"EffectivelyPrivate", "UnusedMethod"}) // called by Jackson
                            public String getText() {
                                planted.raise();
                                return "";
                            }
                        })
                        .exceptionallyCompose(failure -> send("not sent"));
            }
        });

        door.tell("hello");

        assertThat(door.next()).isEqualTo("not sent");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
