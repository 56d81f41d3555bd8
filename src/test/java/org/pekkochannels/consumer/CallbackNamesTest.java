package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** What a consumer and its callbacks are called in the log, and when handlers may be registered. */
class CallbackNamesTest extends ConsumerTestSystem {
    private final RecordedLog log = new RecordedLog("org.pekkochannels");

    @AfterEach
    void stopRecording() {
        log.close();
    }

    private static final class Unmade extends WebSocketConsumer {
        Unmade(ConsumerContext context) {
            super(context);
            throw new IllegalStateException("planted");
        }
    }

    private record Message(String message) {}

    private static class Failing extends JsonWebSocketConsumer<Message> {
        Failing(ConsumerContext context) {
            super(context, Message.class);
        }

        @Override
        protected CompletionStage<?> receiveJson(Message message) {
            throw new IllegalStateException("planted");
        }
    }

    private static class SyncFailing extends SyncJsonWebSocketConsumer<Message> {
        SyncFailing(ConsumerContext context) {
            super(context, Message.class);
        }

        @Override
        protected void receiveJson(Message message) {
            throw new IllegalStateException("planted");
        }
    }

    /** Whose overrides for texts that are not messages fail. */
    private static final class Strict extends Failing {
        Strict(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> malformed(String text, JsonProcessingException failure) {
            throw new IllegalStateException("planted");
        }

        @Override
        protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
            throw new IllegalStateException("planted");
        }
    }

    private static final class SyncStrict extends SyncFailing {
        SyncStrict(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void malformed(String text, JsonProcessingException failure) {
            throw new IllegalStateException("planted");
        }

        @Override
        protected void invalid(IllegalArgumentException refusal) {
            throw new IllegalStateException("planted");
        }
    }

    private static final class StrictByName extends WebSocketConsumer {
        StrictByName(ConsumerContext context) {
            super(context);
            onMessage("note", Message.class, message -> done());
        }

        @Override
        protected CompletionStage<?> malformed(String text, JsonProcessingException failure) {
            throw new IllegalStateException("planted");
        }

        @Override
        protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
            throw new IllegalStateException("planted");
        }
    }

    private static final class SyncStrictByName extends SyncWebSocketConsumer {
        SyncStrictByName(ConsumerContext context) {
            super(context);
            onMessage("note", Message.class, message -> {});
        }

        @Override
        protected void malformed(String text, JsonProcessingException failure) {
            throw new IllegalStateException("planted");
        }

        @Override
        protected void invalid(IllegalArgumentException refusal) {
            throw new IllegalStateException("planted");
        }
    }

    /** Registers a handler when it is too late. */
    private static final class Late extends WebSocketConsumer {
        Late(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("on")) {
                on("late", String.class, this::send);
            } else {
                relay("late");
            }
            return done();
        }
    }

    @Test
    void namesTheClassWhoseConstructorFails() {
        Door door = Door.knock(kit, Scope.of("/ws/test/"), Unmade::new);

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        log.await("CallbackNamesTest$Unmade constructor on /ws/test/ failed");
        door.awaitStop();
    }

    @Test
    void namesTheFactoryThatFailsBeforeAnyConstructor() {
        Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> {
            throw new IllegalStateException("planted");
        });

        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        log.await("consumer constructor on /ws/test/ failed");
        door.awaitStop();
    }

    @Test
    void namesTheConsumerOfAnotherConnectionThatAFactoryReturns() {
        AtomicReference<Consumer> first = new AtomicReference<>();
        Function<ConsumerContext, Consumer> caching =
                context -> first.updateAndGet(known -> known == null ? new Late(context) : known);
        Door served = Door.open(kit, caching);

        Door other = Door.knock(kit, Scope.of("/ws/other/"), caching);

        assertThat(((Refusal) other.next()).status()).isEqualTo(500);
        assertThat(log.await("constructor on /ws/other/ failed"))
                .contains("the factory returned a CallbackNamesTest$Late that serves another connection");
        other.awaitStop();
        served.leave(CloseReason.of(1000));
        served.awaitStop();
    }

    @Test
    void namesReceiveJson() {
        fails(Failing::new, "{'message':'a'}", "Failing.receiveJson(..)");
        fails(SyncFailing::new, "{'message':'a'}", "SyncFailing.receiveJson(..)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{                             | malformed(..)",
                "{'type':'note','message':1}   | invalid(..)",
                "{'type':'note','message':'a'  | malformed(..)",
                "{'type':'none'}               | invalid(..)"
            })
    void namesWhatGetsATextThatIsNotAMessage(String text, String callback) {
        fails(Strict::new, text, "Strict." + callback);
        fails(SyncStrict::new, text, "SyncStrict." + callback);
        fails(StrictByName::new, text, "StrictByName." + callback);
        fails(SyncStrictByName::new, text, "SyncStrictByName." + callback);
    }

    private void fails(Function<ConsumerContext, Consumer> factory, String text, String callback) {
        Door door = Door.open(kit, factory);

        door.tell(text.replace('\'', '"'));

        assertThat(door.next()).isEqualTo(CloseReason.of(1011));
        log.await("CallbackNamesTest$" + callback + " on /ws/test/ failed");
        door.awaitStop();
    }

    @Test
    void refusesAHandlerAfterTheConstructorWithTheCure() {
        for (String call : new String[] {"on", "relay"}) {
            Door door = Door.open(kit, Late::new);

            door.tell(call);

            assertThat(door.next()).isEqualTo(CloseReason.of(1011));
            log.await("CallbackNamesTest$Late registers a handler for events of type 'late' after its constructor;"
                    + " call on(..) and relay(..) in the constructor");
            door.awaitStop();
        }
    }
}
