package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategy;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.typesafe.config.ConfigFactory;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.JsonWebSocketConsumer;
import org.pekkochannels.consumer.SyncGroup;
import org.pekkochannels.consumer.SyncJsonWebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/** Each actor system reads and writes with its own Jackson mapper. */
class JsonMapperTest {
    private static final String CAMELS = "{\"startsAt\":\"2026-11-30T19:00:00Z\"}";
    private static final String SNAKES = "{\"starts_at\":\"2026-11-30T19:00:00Z\"}";

    private record Meeting(Instant startsAt) {}

    private static final class Meetings extends JsonWebSocketConsumer<Meeting> {
        private final Group all = group("meetings");

        Meetings(ConsumerContext context) {
            super(context, Meeting.class);
            on("meeting", Meeting.class, this::sendJson);
            relay("relayed");
        }

        @Override
        protected CompletionStage<?> connect() {
            return all.add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receiveJson(Meeting meeting) {
            return all.send("meeting", meeting).thenCompose(sent -> all.send("relayed", meeting));
        }
    }

    private static final class SyncMeetings extends SyncJsonWebSocketConsumer<Meeting> {
        private final SyncGroup all = group("meetings");

        SyncMeetings(ConsumerContext context) {
            super(context, Meeting.class);
            on("meeting", Meeting.class, this::sendJson);
            relay("relayed");
        }

        @Override
        protected void connect() {
            all.add();
            accept();
        }

        @Override
        protected void receiveJson(Meeting meeting) {
            all.send("meeting", meeting);
            all.send("relayed", meeting);
        }
    }

    static Stream<Function<ConsumerContext, Consumer>> consumers() {
        return Stream.of(Meetings::new, SyncMeetings::new);
    }

    private static ObjectMapper mapper(PropertyNamingStrategy names) {
        return JsonMapper.builder()
                .findAndAddModules()
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .propertyNamingStrategy(names)
                .build();
    }

    private static RunningApplication start(
            Function<ConsumerContext, Consumer> factory, Function<Channels, Channels> mapper) {
        return RunningApplication.start("", channels -> mapper.apply(channels).websocket("ws/meetings/", factory));
    }

    private static void converse(RunningApplication application, String text) {
        JdkClient client = JdkClient.connect(application.ws("/ws/meetings/"));
        client.send(text);
        assertThat(client.next(2)).containsExactly(text, text);

        ChannelLayer layer = application.layer();
        Meeting meeting = new Meeting(Instant.parse("2026-11-30T19:00:00Z"));
        layer.groupSend("meetings", "meeting", meeting);
        layer.groupSend("meetings", Event.of(application.system(), "relayed", meeting));
        assertThat(client.next(2)).containsExactly(text, text);
        client.close(1000, "");
        application.awaitNoConnections();
    }

    @ParameterizedTest
    @MethodSource("consumers")
    void twoSystemsInOneProcessHaveTwoMappers(Function<ConsumerContext, Consumer> factory) {
        ObjectMapper snakes = mapper(PropertyNamingStrategies.SNAKE_CASE);
        try (RunningApplication one = start(factory, channels -> channels);
                RunningApplication other = start(factory, channels -> channels.json(snakes))) {
            converse(one, CAMELS);
            converse(other, SNAKES);
            converse(one, CAMELS);
        }
    }

    @Test
    void refusesMembersByTheNamesOfAnotherMapper() {
        try (RunningApplication application =
                start(Meetings::new, channels -> channels.json(mapper(PropertyNamingStrategies.SNAKE_CASE)))) {
            JdkClient client = JdkClient.connect(application.ws("/ws/meetings/"));

            assertThat(client.send(CAMELS).next()).isEqualTo(new JdkClient.Closed(1008, "invalid message"));
        }
    }

    @Test
    void isNotAffectedByLaterChangesOfTheMapper() {
        ObjectMapper mapper = mapper(PropertyNamingStrategies.SNAKE_CASE);
        try (RunningApplication application = start(Meetings::new, channels -> {
            Channels built = channels.json(mapper);
            mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
            return built;
        })) {
            converse(application, SNAKES);
        }
    }

    /** An actor system of the application's. */
    private static ActorSystem<Void> system() {
        return ActorSystem.create(
                Behaviors.empty(),
                "mapper",
                ConfigFactory.parseString("channels.http.port = 0, channels.database.url = \"jdbc:h2:mem:mapper\"")
                        .withFallback(ConfigFactory.load()));
    }

    private static void with(java.util.function.Consumer<ActorSystem<Void>> use) {
        ActorSystem<Void> system = system();
        try {
            use.accept(system);
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    @Test
    void isThatOfAnExistingSystemFromTheCallOn() {
        with(system -> {
            Channels channels = Channels.in(system).json(mapper(PropertyNamingStrategies.SNAKE_CASE));

            assertThat(ChannelLayer.get(system)
                            .event("meeting", new Meeting(Instant.EPOCH))
                            .json())
                    .isEqualTo("{\"starts_at\":\"1970-01-01T00:00:00Z\"}");
            assertThat(channels.websocket("ws/meetings/", Meetings::new).route())
                    .isNotNull();
        });
    }

    @Test
    void isRefusedAfterTheSystemHasUsedAnother() {
        with(system -> {
            Event unused = ChannelLayer.get(system).event("meeting", "today");

            assertThatThrownBy(() -> Channels.in(system).json(new ObjectMapper()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("call it before the system's first event and consumer");
        });
    }

    @Test
    void isSetOnce() {
        Channels channels = Channels.load().json(new ObjectMapper());

        assertThatThrownBy(() -> channels.json(new ObjectMapper()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("json(..) was called twice");
        with(system -> {
            Channels unused = Channels.in(system).json(new ObjectMapper());
            assertThatThrownBy(() -> Channels.in(system).json(new ObjectMapper()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a system has one mapper");
        });
    }

    @Test
    void mustNotLetClientsChooseClasses() {
        ObjectMapper typing = new ObjectMapper()
                .activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
                        .allowIfSubType(Object.class)
                        .build());

        assertThatThrownBy(() -> Channels.load().json(typing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("default typing", "@JsonSubTypes");
    }

    @Test
    void mustWriteJson() {
        JsonFactory other = new JsonFactory() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getFormatName() {
                return "YAML";
            }
        };

        assertThatThrownBy(() -> Channels.load().json(new ObjectMapper(other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its factory writes YAML");
    }
}
