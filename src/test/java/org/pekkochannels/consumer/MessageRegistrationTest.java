package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.CloseReason;

/** Which handlers of messages and events a consumer may register, and when. */
class MessageRegistrationTest extends ConsumerTestSystem {
    record Bid(int amount) {}

    record Page<T>(List<T> items) {}

    enum Side {
        BUY
    }

    abstract static class Shape {}

    static class Pair {
        final String text;
        final int number;

        Pair(String text, int number) {
            this.text = text;
            this.number = number;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    interface Untold {}

    /** The same calls of both kinds of consumer. */
    interface Registering {
        <M> void message(String name, Class<M> type);

        <M> void message(String name, TypeReference<M> type);

        void event(String name);

        void genericEvent(String name);
    }

    /** What a test does in the constructor, and again in {@code connect}. */
    interface Calls {
        Throwable made(Registering consumer);
    }

    private static final class Registered extends WebSocketConsumer implements Registering {
        private final Calls calls;
        private final boolean late;
        private final LinkedBlockingQueue<Throwable> thrown;

        Registered(ConsumerContext context, Calls calls, boolean late, LinkedBlockingQueue<Throwable> thrown) {
            super(context);
            this.calls = calls;
            this.late = late;
            this.thrown = thrown;
            if (!late) {
                thrown.add(calls.made(this));
            }
        }

        @Override
        protected CompletionStage<?> connect() {
            if (late) {
                thrown.add(calls.made(this));
            }
            return accept();
        }

        @Override
        public <M> void message(String name, Class<M> type) {
            onMessage(name, type, message -> done());
        }

        @Override
        public <M> void message(String name, TypeReference<M> type) {
            onMessage(name, type, message -> done());
        }

        @Override
        public void event(String name) {
            on(name, String.class, event -> done());
        }

        @Override
        public void genericEvent(String name) {
            on(name, new TypeReference<List<String>>() {}, event -> done());
        }
    }

    private static final class SyncRegistered extends SyncWebSocketConsumer implements Registering {
        private final Calls calls;
        private final boolean late;
        private final LinkedBlockingQueue<Throwable> thrown;

        SyncRegistered(ConsumerContext context, Calls calls, boolean late, LinkedBlockingQueue<Throwable> thrown) {
            super(context);
            this.calls = calls;
            this.late = late;
            this.thrown = thrown;
            if (!late) {
                thrown.add(calls.made(this));
            }
        }

        @Override
        protected void connect() {
            if (late) {
                thrown.add(calls.made(this));
            }
            accept();
        }

        @Override
        public <M> void message(String name, Class<M> type) {
            onMessage(name, type, message -> {});
        }

        @Override
        public <M> void message(String name, TypeReference<M> type) {
            onMessage(name, type, message -> {});
        }

        @Override
        public void event(String name) {
            on(name, String.class, event -> {});
        }

        @Override
        public void genericEvent(String name) {
            on(name, new TypeReference<List<String>>() {}, event -> {});
        }
    }

    private List<Throwable> thrown(boolean late, Calls calls) {
        LinkedBlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
        for (Door door : List.of(
                Door.open(kit, context -> new Registered(context, calls, late, thrown)),
                Door.open(kit, context -> new SyncRegistered(context, calls, late, thrown)))) {
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
        assertThat(thrown).hasSize(2).doesNotContainNull();
        return List.copyOf(thrown);
    }

    private void refuses(Class<? extends Throwable> failure, String words, Calls calls) {
        assertThat(thrown(false, calls))
                .allSatisfy(thrown -> assertThat(thrown).isInstanceOf(failure).hasMessageContaining(words));
    }

    private static Throwable caught(ThrowingCallable call) {
        return catchThrowable(call);
    }

    @Test
    void refusesASecondHandlerOfOneName() {
        refuses(
                IllegalArgumentException.class,
                "Registered has two handlers for messages 'bid'",
                consumer -> caught(() -> {
                    consumer.message("bid", Bid.class);
                    consumer.message("bid", new TypeReference<Page<Bid>>() {});
                }));
        refuses(
                IllegalArgumentException.class,
                "two handlers for events of type 'news'",
                consumer -> caught(() -> {
                    consumer.event("news");
                    consumer.genericEvent("news");
                }));
    }

    @Test
    void refusesEachHandlerAfterTheConstructor() {
        for (Calls calls : List.<Calls>of(
                consumer -> caught(() -> consumer.message("bid", Bid.class)),
                consumer -> caught(() -> consumer.event("news")),
                consumer -> caught(() -> consumer.genericEvent("news")))) {
            assertThat(thrown(true, calls))
                    .allSatisfy(thrown -> assertThat(thrown)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("after its constructor; call on"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void refusesABlankName(String name) {
        refuses(
                IllegalArgumentException.class,
                "the name of a message must not be blank",
                consumer -> caught(() -> consumer.message(name, Bid.class)));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                String.class,
                int.class,
                Integer.class,
                boolean.class,
                double.class,
                Side.class,
                int[].class,
                List.class,
                Instant.class,
                UUID.class
            })
    void refusesATypeThatIsNotReadFromAnObject(Class<?> type) {
        refuses(
                IllegalArgumentException.class,
                "a message is a JSON object, and none can be read as " + type.getName(),
                consumer -> caught(() -> consumer.message("value", type)));
    }

    @ParameterizedTest
    @ValueSource(classes = {Shape.class, Pair.class, Untold.class})
    void refusesATypeThatJacksonCannotMake(Class<?> type) {
        refuses(
                IllegalArgumentException.class,
                "no JSON can be read as " + type.getName() + ": ",
                consumer -> caught(() -> consumer.message("value", type)));
    }

    @Test
    void refusesAGenericTypeThatJacksonCannotMake() {
        refuses(
                IllegalArgumentException.class,
                "none can be read as java.util.List<",
                consumer -> caught(() -> consumer.message("bids", new TypeReference<List<Bid>>() {})));
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // as an application might
    void namesANull() {
        refuses(
                NullPointerException.class,
                "the name of a message",
                consumer -> caught(() -> consumer.message(null, Bid.class)));
        refuses(
                NullPointerException.class,
                "the class of messages 'bid'",
                consumer -> caught(() -> consumer.message("bid", (Class<Bid>) null)));
        refuses(
                NullPointerException.class,
                "the type of messages 'bid'",
                consumer -> caught(() -> consumer.message("bid", (TypeReference<Bid>) null)));
    }

    @Test
    void refusesNamesWhereAllMessagesAreOfOneType() {
        LinkedBlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
        for (Door door : List.of(
                Door.open(kit, context -> new JsonWebSocketConsumer<Bid>(context, Bid.class) {
                    {
                        thrown.add(caught(() -> onMessage("bid", Bid.class, this::receiveJson)));
                    }

                    @Override
                    protected CompletionStage<?> receiveJson(Bid bid) {
                        return done();
                    }
                }),
                Door.open(kit, context -> new SyncJsonWebSocketConsumer<Bid>(context, Bid.class) {
                    {
                        thrown.add(caught(() -> onMessage("bid", Bid.class, this::receiveJson)));
                    }

                    @Override
                    protected void receiveJson(Bid bid) {}
                }))) {
            door.leave(CloseReason.of(1000));
            door.awaitStop();
        }
        assertThat(thrown)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll("reads all messages as " + Bid.class.getName(), "WebSocketConsumer"));
    }

    @Test
    void sharesAMessageAmongConnections() {
        MessageTypes types = ConsumerRuntime.get(kit.system()).messageTypes();

        assertThat(types.of("bid", Bid.class)).isSameAs(types.of("bid", Bid.class));
        assertThat(types.of("bid", new TypeReference<Page<Bid>>() {}.getType()))
                .isSameAs(types.of("bid", new TypeReference<Page<Bid>>() {}.getType()))
                .isNotEqualTo(types.of("bid", Bid.class));
    }

    @Test
    void acceptsAnythingThatAnObjectMayBeReadAs() {
        for (Class<?> type : List.of(Bid.class, JsonNode.class, Map.class, Object.class)) {
            assertThat(ConsumerRuntime.get(kit.system())
                            .messageTypes()
                            .of("any", type)
                            .name())
                    .isEqualTo("any");
        }
    }
}
