package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EventTest {
    enum Mood {
        GOOD,
        BAD
    }

    record Message(String author, int number, UUID id, Mood mood) {}

    record Chain(Message first, @Nullable Chain next) {}

    record Words(List<String> words) {}

    record Nothing() {}

    private static final int INVERSE_OF_33 =
            BigInteger.valueOf(33).modInverse(BigInteger.ONE.shiftLeft(32)).intValue();
    private static final Message MESSAGE = new Message("Zoë", 7, new UUID(1, 2), Mood.GOOD);

    @Test
    void carriesARecord() {
        assertThat(Event.of("chat.message", MESSAGE).payload(Message.class)).isEqualTo(MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Zoë \uD83D\uDE00", "\u0000\u2028</script>", "unpaired \uD800 surrogate"})
    void carriesAnyText(String text) {
        assertThat(Event.of("chat.message", text).payload(String.class)).isEqualTo(text);
    }

    @Test
    void carriesARecordWithoutComponents() {
        assertThat(Event.of("chat.typing", new Nothing()).payload(Nothing.class))
                .isEqualTo(new Nothing());
        assertThat(Event.of("chat.typing")).isEqualTo(Event.of("chat.typing", new Nothing()));
    }

    @Test
    void readsPayloadsAfterOneWhoseNamesHaveOneHash() {
        Random random = new Random(1);
        int users = 0;
        for (int round = 0; round < 100; round++) {
            Map<String, Integer> colliding = namesOfOneHash(random);
            assertThat(Event.of("chat.scores", colliding).payload(Object.class)).isEqualTo(colliding);
            for (int event = 0; event < 5; event++) {
                Map<String, Integer> honest = new HashMap<>();
                while (honest.size() < 20) {
                    honest.put("user" + (1_000_000 + users++), 1);
                }
                assertThat(Event.of("chat.scores", honest).payload(Object.class))
                        .isEqualTo(honest);
            }
        }
    }

    /** Eight letters each, of which Jackson's table of the names in bytes makes the same hash. */
    private static Map<String, Integer> namesOfOneHash(Random random) {
        int sum = random.nextInt();
        Map<String, Integer> names = new HashMap<>();
        while (names.size() < 300) {
            int first = 0;
            for (int i = 0; i < 4; i++) {
                first = (first << 8) | ('a' + random.nextInt(26));
            }
            int mixed = first + (first >>> 15);
            mixed ^= mixed >>> 9;
            int second = (sum - mixed) * INVERSE_OF_33;
            String name = StandardCharsets.ISO_8859_1
                    .decode(ByteBuffer.allocate(8).putInt(first).putInt(second).flip())
                    .toString();
            if (name.chars().allMatch(c -> c >= '0' && c <= 'z' && c != '\\')) {
                names.put(name, 1);
            }
        }
        return names;
    }

    @Test
    void isTheSameFromAnotherNode() {
        Event sent = Event.of("chat.message", MESSAGE);

        Event received = Event.ofJson(sent.type(), sent.jsonBytes());

        assertThat(received).isEqualTo(sent).hasSameHashCodeAs(sent);
        assertThat(received.payload(Message.class)).isEqualTo(MESSAGE);
        assertThat(received).isNotEqualTo(Event.of("chat.other", MESSAGE)).isNotEqualTo(Event.of("chat.message", 1));
    }

    @Test
    void cannotBeChangedThroughItsBytes() {
        Event event = Event.of("chat.message", "hello");

        event.jsonBytes()[1] = 'j';

        assertThat(event.json()).isEqualTo("\"hello\"");
        assertThat(event.size()).isEqualTo(7);
    }

    @Test
    void sharesTheValueAmongReceiversWhereNoneCanChangeIt() {
        Event event = Event.of("chat.thread", new Chain(MESSAGE, new Chain(MESSAGE, null)));

        Chain first = event.arrived(null, 1, SystemJson.standard()).payload(Chain.class);

        assertThat(event.arrived(null, 2, SystemJson.standard()).payload(Chain.class))
                .isSameAs(first);
        assertThat(event.payload(JsonNode.class).has("first")).isTrue();
        assertThat(event.payload(Chain.class)).isSameAs(first);
    }

    @Test
    void givesEachReceiverItsOwnOfAllOtherValues() {
        Event event = Event.of("chat.words", new Words(List.of("one")));

        event.payload(Words.class).words().add("two");

        assertThat(event.payload(Words.class).words()).containsExactly("one");
    }

    @Test
    void readsARecordOfANewerNode() {
        Event newer = json("{\"author\":\"Zoë\",\"number\":7,\"id\":\"%s\",\"mood\":\"GOOD\",\"extra\":[1]}"
                .formatted(MESSAGE.id()));

        assertThat(newer.payload(Message.class)).isEqualTo(MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "\"text\"",
                "{}",
                "{\"author\":\"a\",\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"GOOD\"}",
                "{\"author\":\"a\",\"number\":null,\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"GOOD\"}",
                "{\"author\":\"a\",\"number\":3000000000,\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"BAD\"}",
                "{\"author\":\"a\",\"number\":\"\",\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"BAD\"}",
                "{\"author\":\"a\",\"number\":\"1\",\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"BAD\"}",
                "{\"author\":\"a\",\"number\":1.9,\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"BAD\"}",
                "{\"author\":\"a\",\"number\":1,\"id\":\"no\",\"mood\":\"GOOD\"}",
                "{\"author\":\"a\",\"number\":1,\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"UGLY\"}",
                "{\"author\":\"a\",\"number\":1,\"id\":\"00000000-0000-0001-0000-000000000002\",\"mood\":\"BAD\"} more"
            })
    void refusesAPayloadOfAnotherShape(String json) {
        assertThatThrownBy(() -> json(json).payload(Message.class))
                .isInstanceOf(UndecodablePayloadException.class)
                .hasMessageStartingWith("payload of event 'chat.message' (")
                .hasMessageContaining(") is not a " + Message.class.getName())
                .hasMessageEndingWith("; sender and receiver must agree on its class");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'author':'a','number':'s3cret'};.number",
                "{'author':5};.author",
                "{'author':'a','number':1,'id':'00000000-0000-0001-0000-000000000002','mood':0};.mood"
            })
    void namesTheMemberThatDoesNotFitAndNotItsValue(String json, String member) {
        assertThatThrownBy(() -> json(json.replace('\'', '"')).payload(Message.class))
                .hasMessageContaining(") is not a " + Message.class.getName() + " at " + member + ";")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "1.5", "true"})
    void refusesWhatIsNotATextAsOne(String json) {
        assertThatThrownBy(() -> json(json).payload(String.class)).isInstanceOf(UndecodablePayloadException.class);
    }

    @ParameterizedTest
    @MethodSource("unencodable")
    void refusesAPayloadThatNoLayerCouldCarry(Object payload) {
        assertThatThrownBy(() -> Event.of("chat.message", payload))
                .isInstanceOf(UnencodablePayloadException.class)
                .hasMessageContaining("payload of event 'chat.message' must be what Jackson can write")
                .hasMessageContaining("was a " + payload.getClass().getName());
    }

    private record Meeting(Instant startsAt, Optional<String> place) {}

    private static final Meeting MEETING = new Meeting(Instant.parse("2026-11-30T19:00:00Z"), Optional.empty());

    @Test
    void carriesATimeAsIsoText() {
        Event event = Event.of("meeting", MEETING);

        assertThat(event.json()).isEqualTo("{\"startsAt\":\"2026-11-30T19:00:00Z\",\"place\":null}");
        assertThat(event.payload(Meeting.class)).isEqualTo(MEETING);
    }

    @Test
    void namesTheModuleThatAPayloadNeeds() {
        SystemJson bare = SystemJson.with(new ObjectMapper());
        Event event = Event.of("meeting", MEETING);

        assertThatThrownBy(() -> bare.event("meeting", MEETING))
                .isInstanceOf(UnencodablePayloadException.class)
                .hasMessageContainingAll(Meeting.class.getName(), "java.time.Instant", "jackson-datatype-jsr310");
        assertThatThrownBy(() -> bare.payload(event, Meeting.class))
                .isInstanceOf(UndecodablePayloadException.class)
                .hasMessageContainingAll(Meeting.class.getName(), "java.time.Instant", "jackson-datatype-jsr310");
    }

    @Test
    void carriesAGenericPayload() {
        Event event = Event.of("chat.messages", List.of(MESSAGE));

        assertThat(event.payload(new TypeReference<List<Message>>() {})).containsExactly(MESSAGE);
        assertThatThrownBy(() -> event.payload(new TypeReference<Map<String, Message>>() {}))
                .isInstanceOf(UndecodablePayloadException.class)
                .hasMessageContaining("is not a java.util.Map<java.lang.String,");
    }

    @Test
    void isDecodedByTheMapperOfTheReceiversSystem() {
        SystemJson snakes = SystemJson.with(JsonMapper.builder()
                .findAndAddModules()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());
        Event event = snakes.event("meeting", MEETING);

        Event arrived = event.arrived(null, 1, snakes);

        assertThat(event.json()).contains("\"starts_at\":");
        assertThat(arrived.payload(Meeting.class)).isEqualTo(MEETING);
        assertThatThrownBy(() -> SystemJson.standard().payload(arrived, Meeting.class))
                .isInstanceOf(UndecodablePayloadException.class);
    }

    @Test
    void sharesNoValueThatAnotherMapperHasDecoded() {
        SystemJson upper = SystemJson.with(new ObjectMapper().registerModule(new UpperCase()));
        Event event = Event.of("chat.words", new Word("one"));

        assertThat(event.payload(Word.class)).isEqualTo(new Word("one"));
        assertThat(upper.payload(event, Word.class)).isEqualTo(new Word("ONE"));
        assertThat(event.payload(Word.class)).isEqualTo(new Word("one"));
    }

    private record Word(String text) {}

    private static final class UpperCase extends SimpleModule {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("this-escape") // as SimpleModule is made to be filled
        UpperCase() {
            addDeserializer(String.class, new StdScalarDeserializer<>(String.class) {
                private static final long serialVersionUID = 1L;

                @Override
                public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                    return parser.getText().toUpperCase(Locale.ROOT);
                }
            });
        }
    }

    @Test
    void readsWhatAMapperThatOmitsNullsHasWritten() {
        SystemJson omitting = SystemJson.with(JsonMapper.builder()
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                .build());
        Chain chain = new Chain(MESSAGE, null);

        Event event = omitting.event("chat.thread", chain);

        assertThat(event.json()).doesNotContain("next");
        assertThat(omitting.payload(event, Chain.class)).isEqualTo(chain);
        assertThatThrownBy(() -> omitting.payload(json("{\"author\":\"a\"}"), Message.class))
                .isInstanceOf(UndecodablePayloadException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"author\":\"a\",\"number\":1.9}", "{\"author\":5,\"number\":1}", "{\"author\":\"a\"}"})
    void keepsItsRulesWithAnyMapper(String json) {
        SystemJson lenient = SystemJson.with(new ObjectMapper());
        Event event = Event.ofJson("chat.note", json.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> lenient.payload(event, Note.class)).isInstanceOf(UndecodablePayloadException.class);
        assertThat(lenient.payload(
                        lenient.event("chat.note", Map.of("author", "a", "number", 1, "more", 2)), Note.class))
                .isEqualTo(new Note("a", 1));
    }

    private record Note(String author, int number) {}

    @Test
    void showsNoContent() {
        assertThat(Event.of("chat.message", "secret")).hasToString("Event[chat.message, 8 bytes]");
    }

    @Test
    void refusesAnInternalType() {
        assertThatThrownBy(() -> Event.of("_internal")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Event.ofJson("", new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    private static Stream<Object> unencodable() {
        Map<String, Object> cycle = new HashMap<>();
        cycle.put("self", cycle);
        return Stream.of(new Object(), cycle);
    }

    private static Event json(String json) {
        return Event.ofJson("chat.message", json.getBytes(StandardCharsets.UTF_8));
    }
}
