package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.layer.SystemJson;

/** Nothing that a client sends becomes another value than it is, and no text costs more than its length. */
class JsonValuesTest {
    private static final Json JSON = Json.standard();
    private static final Json WITHOUT_MODULES = Json.of(SystemJson.with(new ObjectMapper()));

    private enum Side {
        BUY,
        SELL
    }

    private record Order(
            @Nullable Integer lots,
            @Nullable Double price,
            @Nullable Boolean all,
            @Nullable Side side,
            @Nullable List<Long> ids) {}

    @SuppressWarnings("ArrayRecordComponent") // as an application may have one
    private record Mixed(
            double wide,
            @Nullable Float narrow,
            @Nullable Number any,
            @Nullable Object untyped,
            @Nullable JsonNode node,
            double @Nullable [] wides,
            @Nullable List<Float> narrows,
            @Nullable Map<String, Object> map,
            @Nullable String text,
            @Nullable List<String> texts,
            char letter) {}

    private record Amount(int amount) implements Mapped, Defaulted, Refined {}

    private record Tree(@Nullable Tree inner) {}

    private record Timed(Instant at) {}

    private record Profile(
            Optional<String> name,
            Optional<List<Integer>> marks,
            OptionalInt age,
            OptionalLong id,
            OptionalDouble size) {}

    @Test
    void keepsItsRulesAndWhatAnApplicationsMapperAdds() throws Exception {
        Json custom = Json.of(SystemJson.with(JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .addMixIn(Visitor.class, Renamed.class)
                .enable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .injectableValues(new InjectableValues.Std().addValue("source", "test"))
                .build()));

        assertThat(custom.decode("{\"Name\":\"Zoë\",\"years\":7,\"More\":1}", Visitor.class))
                .isEqualTo(new Visitor("Zoë", 7));
        assertThat(custom.encode(new Visitor("Zoë", 7))).isEqualTo("{\"Name\":\"Zoë\",\"years\":7}");
        for (String text : List.of(
                "{\"Name\":\"Zoë\"}",
                "{\"Name\":5,\"years\":7}",
                "{\"Name\":null,\"years\":7}",
                "{\"Name\":\"Zoë\",\"years\":\"7\"}",
                "{\"Name\":\"Zoë\",\"years\":1.9}",
                "{\"Name\":\"Zoë\",\"years\":7} {}")) {
            assertThatThrownBy(() -> custom.decode(text, Visitor.class))
                    .as(text)
                    .isInstanceOf(JsonProcessingException.class);
        }
        assertThatThrownBy(() -> custom.decode(nested(201).replace("inner", "Inner"), Tree.class))
                .hasMessageContaining("depth (201)");
        assertThat(custom.decode("{\"Amount\":1}", Sourced.class)).isEqualTo(new Sourced("test", 1));
    }

    @Test
    void refusesUnknownMembersWithAHandlerOfTheMapper() throws Exception {
        Json strict = Json.of(SystemJson.with(JsonMapper.builder()
                .addHandler(new DeserializationProblemHandler() {
                    @Override
                    public boolean handleUnknownProperty(
                            DeserializationContext context,
                            JsonParser parser,
                            JsonDeserializer<?> deserializer,
                            Object bean,
                            String name)
                            throws IOException {
                        return context.reportInputMismatch(Object.class, "unknown member");
                    }
                })
                .build()));

        assertThat(strict.decode("{\"amount\":1}", Amount.class)).isEqualTo(new Amount(1));
        assertThatThrownBy(() -> strict.decode("{\"amount\":1,\"more\":1}", Amount.class))
                .isInstanceOf(MismatchedInputException.class);
    }

    private record Visitor(String name, int age) {}

    private interface Renamed {
        @JsonProperty("years")
        int age();
    }

    private record Sourced(@JacksonInject("source") String source, int amount) {}

    private static Stream<Json> mappers() {
        return Stream.of(JSON, WITHOUT_MODULES);
    }

    @ParameterizedTest
    @MethodSource("mappers")
    void readsOptionalMembersThatAreMissingOrNullAsEmpty(Json json) throws Exception {
        Profile empty = new Profile(
                Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty());

        assertThat(json.decode("{}", Profile.class)).isEqualTo(empty);
        assertThat(json.decode("{\"name\":null,\"marks\":null,\"age\":null,\"id\":null,\"size\":null}", Profile.class))
                .isEqualTo(empty);
        assertThat(json.decode(
                        "{\"name\":\"Zoë\",\"marks\":[1,2],\"age\":7,\"id\":5000000000,\"size\":1.5}", Profile.class))
                .isEqualTo(new Profile(
                        Optional.of("Zoë"),
                        Optional.of(List.of(1, 2)),
                        OptionalInt.of(7),
                        OptionalLong.of(5_000_000_000L),
                        OptionalDouble.of(1.5)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":5}",
                "{\"marks\":[1.5]}",
                "{\"age\":\"7\"}",
                "{\"age\":5000000000}",
                "{\"id\":true}",
                "{\"size\":\"NaN\"}"
            })
    void refusesOptionalMembersOfAnotherKind(String text) {
        assertThatThrownBy(() -> JSON.decode(text, Profile.class)).isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> WITHOUT_MODULES.decode(text, Profile.class))
                .isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"lots\":\"5\"}",
                "{\"lots\":\"\"}",
                "{\"lots\":\"null\"}",
                "{\"lots\":true}",
                "{\"price\":\"5\"}",
                "{\"price\":\"\"}",
                "{\"all\":1}",
                "{\"all\":\"\"}",
                "{\"all\":\"true\"}",
                "{\"side\":1}",
                "{\"side\":\"1\"}",
                "{\"side\":\"\"}",
                "{\"ids\":[\"7\"]}",
                "{\"ids\":[7.5]}"
            })
    void refusesAValueOfAnotherKind(String text) {
        assertThatThrownBy(() -> JSON.decode(text, Order.class)).isInstanceOf(MismatchedInputException.class);
    }

    private record Keyed(
            Map<Double, Integer> wide,
            Map<Float, Integer> narrow,
            byte small,
            @Nullable Byte other) {}

    @Test
    void refusesKeysThatAreNotFiniteAndBytesThatAreTooLarge() throws Exception {
        String legal = "{\"wide\":{\"1.5\":1},\"narrow\":{\"-2\":1},\"small\":-128,\"other\":127}";
        assertThat(JSON.decode(legal, Keyed.class))
                .isEqualTo(new Keyed(Map.of(1.5, 1), Map.of(-2f, 1), Byte.MIN_VALUE, Byte.MAX_VALUE));
        for (String text : List.of(
                legal.replace("1.5", "NaN"),
                legal.replace("1.5", "1e999"),
                legal.replace("-2", "Infinity"),
                legal.replace("-128", "200"),
                legal.replace("127", "128"))) {
            assertThatThrownBy(() -> JSON.decode(text, Keyed.class))
                    .as(text)
                    .isInstanceOf(InvalidFormatException.class);
        }
    }

    private record Strict(
            @JsonSetter(contentNulls = Nulls.FAIL) List<String> texts) {}

    @Test
    void refusesElementsThatAreNullWhereTheComponentSaysSo() throws Exception {
        assertThat(JSON.decode("{\"texts\":[\"a\"]}", Strict.class)).isEqualTo(new Strict(List.of("a")));
        assertThatThrownBy(() -> JSON.decode("{\"texts\":[null]}", Strict.class))
                .isInstanceOf(MismatchedInputException.class);
        assertThatThrownBy(() -> JSON.decode("{}", Strict.class)).isInstanceOf(MismatchedInputException.class);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = Cat.class, name = "cat"))
    interface Animal {}

    record Cat(int lives) implements Animal {}

    private record Zoo(Optional<Animal> first, Optional<List<Animal>> others, List<Optional<Animal>> places) {}

    @Test
    void readsTheTypeOfWhatAnOptionalHolds() throws Exception {
        String cat = "{\"kind\":\"cat\",\"lives\":7}";

        Zoo zoo =
                JSON.decode("{\"first\":%s,\"others\":[%s],\"places\":[%s,null]}".formatted(cat, cat, cat), Zoo.class);

        assertThat(zoo)
                .isEqualTo(new Zoo(
                        Optional.of(new Cat(7)),
                        Optional.of(List.of(new Cat(7))),
                        List.of(Optional.of(new Cat(7)), Optional.empty())));
        assertThat(JSON.decode("{\"places\":[]}", Zoo.class))
                .isEqualTo(new Zoo(Optional.empty(), Optional.empty(), List.of()));
        assertThatThrownBy(() -> JSON.decode("{\"first\":{\"lives\":7},\"places\":[]}", Zoo.class))
                .isInstanceOf(InvalidTypeIdException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[null]", "[\"7\"]", "[true]"})
    void refusesAnElementOfAnotherKind(String text) {
        assertThatThrownBy(() -> JSON.decode(text, int[].class)).isInstanceOf(MismatchedInputException.class);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
                    wide    | "NaN"
                    wide    | "Infinity"
                    wide    | "-INF"
                    wide    | 1e400
                    wide    | -1e309
                    wide    | null
                    narrow  | 1e39
                    narrow  | "NaN"
                    any     | 1e400
                    any     | "NaN"
                    any     | "1"
                    untyped | 1e400
                    untyped | [{"deep":1e400}]
                    node    | 1e400
                    node    | {"deep":[-1e400]}
                    wides   | [1,1e400]
                    wides   | ["NaN"]
                    narrows | [1e39]
                    narrows | ["Infinity"]
                    map     | {"a":1e400}
                    text    | 1
                    text    | 1.5
                    text    | true
                    texts   | [1]
                    texts   | [false]
                    letter  | 65
                    """)
    void refusesWhatIsNotANumberAndWhatIsNotAText(String member, String value) throws Exception {
        Map<String, String> members = new LinkedHashMap<>(Map.of("wide", "1", "letter", "\"x\""));
        assertThat(JSON.decode(object(members), Mixed.class).letter()).isEqualTo('x');
        members.put(member, value);
        String json = object(members);

        Throwable failure = catchThrowable(() -> JSON.decode(json, Mixed.class));

        assertThat(failure)
                .isInstanceOf(JsonProcessingException.class)
                .isNotInstanceOf(InvalidDefinitionException.class);
        assertThat(UnfitMessage.of(JSON, json, "mixed", (JsonProcessingException) failure)
                        .isJson())
                .isTrue();
    }

    private static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    @ParameterizedTest
    @ValueSource(classes = {JsonNode.class, double.class, Double.class, Object.class, float[].class})
    void refusesANumberThatIsNotFiniteAsTheWholeMessage(Class<?> type) {
        String json = type.isArray() ? "[1e400]" : "1e400";

        assertThatThrownBy(() -> JSON.decode(json, type)).isInstanceOf(MismatchedInputException.class);
    }

    @Test
    void readsTheLargestNumbers() throws Exception {
        assertThat(JSON.decode("1.7976931348623157e308", double.class)).isEqualTo(Double.MAX_VALUE);
        assertThat(JSON.decode("1e400", BigDecimal.class)).isEqualByComparingTo("1e400");
        assertThat(JSON.decode("{\"a\":[1.5,\"NaN\"]}", Object.class)).isEqualTo(Map.of("a", List.of(1.5, "NaN")));
    }

    @Test
    void readsValuesOfTheirOwnKind() throws Exception {
        Order order = JSON.decode("{\"lots\":5,\"price\":5,\"all\":true,\"side\":\"SELL\",\"ids\":[2]}", Order.class);

        assertThat(order).isEqualTo(new Order(5, 5.0, true, Side.SELL, List.of(2L)));
    }

    @Test
    void refusesATypeWithinItselfBeforeTheStackOverflows() throws Exception {
        assertThat(JSON.decode(nested(200), Tree.class)).isNotNull();
        assertThatThrownBy(() -> JSON.decode(nested(201), Tree.class)).hasMessageContaining("depth (201)");
        assertThatThrownBy(() -> JSON.decode(nested(5_000), Tree.class)).hasMessageContaining("depth (201)");
        assertThatThrownBy(() -> JSON.decode("[".repeat(60_000), JsonNode.class))
                .isInstanceOf(StreamConstraintsException.class);
    }

    private static String nested(int levels) {
        return "{\"inner\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    @Test
    void blamesTheClientForAMemberThatOccursTwice() {
        assertThatThrownBy(() -> JSON.decode("{\"amount\":1,\"amount\":2}", Amount.class))
                .isInstanceOf(MismatchedInputException.class)
                .isNotInstanceOf(InvalidDefinitionException.class)
                .hasMessageContaining("a member occurs twice");
    }

    @Test
    void blamesTheTypeThatJacksonCannotMake() {
        assertThatThrownBy(() -> WITHOUT_MODULES.decode("{\"at\":\"2026-11-30T00:00:00Z\"}", Timed.class))
                .isInstanceOf(InvalidDefinitionException.class);
    }

    @Test
    void readsATimeWithTheModuleThatIsPresent() throws Exception {
        Timed timed = new Timed(Instant.parse("2026-11-30T12:00:00.25Z"));

        assertThat(JSON.encode(timed)).isEqualTo("{\"at\":\"2026-11-30T12:00:00.250Z\"}");
        assertThat(JSON.decode(JSON.encode(timed), Timed.class)).isEqualTo(timed);
        assertThat(JSON.encode(Map.of("offset", OffsetDateTime.parse("2026-11-30T12:00+02:00"))))
                .isEqualTo("{\"offset\":\"2026-11-30T12:00:00+02:00\"}");
    }

    @Test
    void doesNotInternTheNamesThatAClientChooses() throws Exception {
        String name = "a-name-of-its-own-" + System.nanoTime();

        JsonNode node = JSON.decode("{\"" + name + "\":1}", JsonNode.class);

        assertThat(node.fieldNames().next()).isNotSameAs(name.intern());
    }

    @Test
    void readsNewNamesAfterAClientHasSentNamesOfOneHash() throws Exception {
        int users = 0;
        for (int round = 0; round < 200; round++) {
            Map<String, Integer> colliding = namesOfOneHash(round % 2 == 0 ? "Ab BA" : "Aa BB", 140 + round);
            assertThat(JSON.decode(JSON.encode(colliding), Object.class)).isEqualTo(colliding);
            for (int message = 0; message < 5; message++) {
                Map<String, Integer> honest = new LinkedHashMap<>();
                while (honest.size() < 20) {
                    honest.put("user" + users++, 1);
                }
                assertThat(JSON.decode(JSON.encode(honest), Object.class)).isEqualTo(honest);
            }
        }
    }

    private static Map<String, Integer> namesOfOneHash(String pair, int count) {
        List<String> names = List.of("");
        for (int i = 0; i < 9; i++) {
            names = names.stream()
                    .flatMap(name -> Stream.of(pair.split(" ")).map(name::concat))
                    .toList();
        }
        return names.stream().limit(count).collect(Collectors.toMap(name -> name, name -> 1));
    }

    record Nicknames(ConcurrentMap<String, String> names) {}

    record Fatal(String text) {
        Fatal {
            throw new InternalError(text);
        }
    }

    static class Made {
        final URI address;

        Made(URI address) {
            this.address = address;
        }

        @JsonCreator
        static Made of(Map<String, String> members) {
            return new Made(URI.create(members.getOrDefault("address", "")));
        }
    }

    record Several(@Nullable List<Made> made, @Nullable Fatal fatal) {}

    static final class Loose {
        @JsonAnySetter
        void set(String name, Object value) {
            if (!name.isEmpty()) {
                throw new IllegalStateException(name);
            }
        }
    }

    @Test
    void throwsWhatTheTypesOwnCodeThrows() {
        assertThatThrownBy(() -> JSON.decode("{\"fatal\":{\"text\":\"planted\"}}", Several.class))
                .isInstanceOf(InternalError.class)
                .hasMessage("planted");
        assertThatThrownBy(() -> JSON.decode("{\"planted\":1}", Loose.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("planted");
        assertThatThrownBy(() -> JSON.decode("{\"address\":null}", Made.class))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void tellsWhatATypeRefusesFromWhatJacksonCannotRead() {
        assertThat(TypeFailure.refusal(unfit("{\"made\":[{\"address\":\"a b\"}]}", Several.class)))
                .containsInstanceOf(IllegalArgumentException.class);
        assertThat(TypeFailure.refusal(unfit("{\"made\":[{\"address\":{}}]}", Several.class)))
                .isEmpty();
        assertThat(TypeFailure.refusal(unfit("{\"names\":{\"a\":null}}", Nicknames.class)))
                .isEmpty();
    }

    private static JsonProcessingException unfit(String text, Class<?> type) {
        return (JsonProcessingException) catchThrowable(() -> JSON.decode(text, type));
    }

    abstract static class Shape {}

    record Drawing(Shape shape) {}

    record Gallery(String name, Drawing best) {}

    record Sketches(@Nullable Shape first, Optional<Shape> second, List<Shape> others) {}

    @SuppressWarnings("ClassCanBeStatic") // as an application may forget it
    class Inner {
        String text = "";
    }

    static class Pair {
        final String text;
        final int number;

        Pair(String text, int number) {
            this.text = text;
            this.number = number;
        }
    }

    static class Contradictory {
        public void setTexts(List<String> texts) {}

        public void setTexts(Map<String, String> texts) {}
    }

    @ParameterizedTest
    @CsvSource({
        "Shape, @JsonTypeInfo",
        "Inner, declare it static",
        "Pair, make it a record",
        "Contradictory, Conflicting setter definitions",
        "Permits, @JsonSubTypes",
        "Deduced, @JsonSubTypes",
        "Drawing, component 'shape': ",
        "Gallery, component 'shape': "
    })
    void refusesATypeThatNoJsonCanBeReadAs(String name, String words) {
        Class<?> type = Stream.of(
                        Shape.class,
                        Inner.class,
                        Pair.class,
                        Contradictory.class,
                        Permits.class,
                        Deduced.class,
                        Drawing.class,
                        Gallery.class)
                .filter(known -> known.getSimpleName().equals(name))
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> JSON.requireReadable(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no JSON can be read as " + type.getName() + ": ")
                .hasMessageContaining(words);
    }

    @Test
    void refusesATimeWhoseModuleIsMissing() {
        assertThatThrownBy(() -> WITHOUT_MODULES.requireReadable(Timed.class))
                .hasMessageContainingAll(Timed.class.getName(), "component 'at': ", "jackson-datatype-jsr310");
        assertThatThrownBy(() -> WITHOUT_MODULES.requireReadable(Instant.class))
                .hasMessageContaining("jackson-datatype-jsr310");
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface Typed {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, defaultImpl = Amount.class)
    interface Defaulted {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonDeserialize(as = Amount.class)
    interface Refined {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    sealed interface Permits permits Permitted {}

    record Permitted(int amount) implements Permits {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    interface Deduced {}

    record Permitting(Permits component) {}

    record Extending(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
            @JsonSubTypes(@JsonSubTypes.Type(value = Permitted.class, name = "permitted"))
            Permits component) {}

    @JsonDeserialize(using = Asking.Reader.class)
    static final class Asking {
        static final class Reader extends JsonDeserializer<Asking> implements ContextualDeserializer {
            @Override
            public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
                context.getParser().getCodec();
                return this;
            }

            @Override
            public Asking deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                if (parser.isExpectedStartObjectToken()) {
                    throw new IOException("planted");
                }
                return new Asking();
            }
        }
    }

    record Asked(Asking asking) {}

    @JsonDeserialize(using = Careless.Reader.class)
    static final class Careless {
        static final class Reader extends JsonDeserializer<Careless> implements ContextualDeserializer {
            @Override
            public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
                throw new IllegalStateException("planted");
            }

            @Override
            public Careless deserialize(JsonParser parser, DeserializationContext context) {
                return new Careless();
            }
        }
    }

    record Injected(@JacksonInject String service, int amount) {}

    static class Name {
        final String text;

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Name(String text) {
            this.text = text;
        }
    }

    static class Whole {
        final Map<String, Object> members;

        @JsonCreator
        Whole(Map<String, Object> members) {
            this.members = members;
        }
    }

    static class One {
        final String text;

        public One(String text) {
            this.text = text;
        }
    }

    @JsonDeserialize(as = Amount.class)
    interface Mapped {}

    @ParameterizedTest
    @ValueSource(
            classes = {
                JsonNode.class,
                Object.class,
                String.class,
                CharSequence.class,
                Number.class,
                int.class,
                Side.class,
                Optional.class,
                String[].class,
                Map.class,
                Iterable.class,
                LinkedHashMap.class,
                Timed.class,
                Loose.class,
                Typed.class,
                Defaulted.class,
                Refined.class,
                Sketches.class,
                Tree.class,
                Permitting.class,
                Asking.class,
                Asked.class,
                Careless.class,
                Injected.class,
                Name.class,
                Whole.class,
                One.class,
                Mapped.class,
                Made.class,
                IllegalStateException.class
            })
    void takesEachTypeThatJsonMayBeReadAs(Class<?> type) {
        assertThat(JSON.requireReadable(type)).isSameAs(type);
    }

    static class Id {
        final String text;

        public Id(String text) {
            this.text = text;
        }
    }

    record Room(Id id) {}

    @Test
    void blamesATypeOnceThatCannotBeReadFromAnObject() throws Exception {
        assertThat(JSON.decode("\"a\"", One.class).text).isEqualTo("a");
        assertThat(JSON.decode("{\"id\":\"a\"}", Room.class).id().text).isEqualTo("a");
        for (Class<?> type : List.of(One.class, Room.class)) {
            Callable<?> read = () -> JSON.decode("{\"id\":{}}", type);
            assertThatThrownBy(read::call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("no JSON object can be read as ", "@JsonProperty");
            assertThatThrownBy(read::call).isInstanceOf(MismatchedInputException.class);
        }
        assertThatThrownBy(() -> JSON.decode("7", One.class)).isInstanceOf(MismatchedInputException.class);
        assertThatThrownBy(() -> JSON.decode("{}", Name.class)).isInstanceOf(MismatchedInputException.class);
    }

    @Test
    void blamesAComponentWhoseTypeNamesNoSubtype() throws Exception {
        String permitted = "{\"component\":{\"@type\":\"permitted\",\"amount\":1}}";

        assertThatThrownBy(() -> JSON.decode(permitted, Permitting.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(Permits.class.getName(), "@JsonSubTypes");
        assertThat(JSON.decode(permitted, Extending.class).component()).isEqualTo(new Permitted(1));
        assertThatThrownBy(() -> JSON.decode("{\"component\":{\"@type\":\"other\"}}", Extending.class))
                .isInstanceOf(InvalidTypeIdException.class);
    }

    @Test
    void doesNotBlameTheClientForADeserializerOrAMapper() {
        for (Callable<?> read : List.<Callable<?>>of(
                () -> JSON.decode("{}", Asking.class), () -> JSON.decode("{\"asking\":{}}", Asked.class))) {
            assertThatThrownBy(read::call)
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(JsonProcessingException.class)
                    .hasMessageContaining("planted");
        }
        assertThatThrownBy(() -> JSON.decode("{\"amount\":1}", Injected.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@JacksonInject");
    }
}
