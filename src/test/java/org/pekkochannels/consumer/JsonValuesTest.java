package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a client sends becomes another value than it is, and no text costs more than its length. */
class JsonValuesTest {

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

    private record Amount(int amount) {}

    private record Tree(@Nullable Tree inner) {}

    private record Timed(Instant at) {}

    private record Profile(
            Optional<String> name,
            Optional<List<Integer>> marks,
            OptionalInt age,
            OptionalLong id,
            OptionalDouble size) {}

    @Test
    void readsOptionalMembersThatAreMissingOrNullAsEmpty() throws Exception {
        Profile empty = new Profile(
                Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty());

        assertThat(Json.decode("{}", Profile.class)).isEqualTo(empty);
        assertThat(Json.decode("{\"name\":null,\"marks\":null,\"age\":null,\"id\":null,\"size\":null}", Profile.class))
                .isEqualTo(empty);
        assertThat(Json.decode(
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
        assertThatThrownBy(() -> Json.decode(text, Profile.class)).isInstanceOf(JsonProcessingException.class);
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
        assertThatThrownBy(() -> Json.decode(text, Order.class)).isInstanceOf(MismatchedInputException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[null]", "[\"7\"]", "[true]"})
    void refusesAnElementOfAnotherKind(String text) {
        assertThatThrownBy(() -> Json.decode(text, int[].class)).isInstanceOf(MismatchedInputException.class);
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
        assertThat(Json.decode(object(members), Mixed.class).letter()).isEqualTo('x');
        members.put(member, value);
        String json = object(members);

        Throwable failure = catchThrowable(() -> Json.decode(json, Mixed.class));

        assertThat(failure)
                .isInstanceOf(JsonProcessingException.class)
                .isNotInstanceOf(InvalidDefinitionException.class);
        assertThat(UnfitMessage.of(json, Mixed.class, (JsonProcessingException) failure)
                        .closing()
                        .code())
                .isEqualTo(1008);
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

        assertThatThrownBy(() -> Json.decode(json, type)).isInstanceOf(MismatchedInputException.class);
    }

    @Test
    void readsTheLargestNumbers() throws Exception {
        assertThat(Json.decode("1.7976931348623157e308", double.class)).isEqualTo(Double.MAX_VALUE);
        assertThat(Json.decode("1e400", BigDecimal.class)).isEqualByComparingTo("1e400");
        assertThat(Json.decode("{\"a\":[1.5,\"NaN\"]}", Object.class)).isEqualTo(Map.of("a", List.of(1.5, "NaN")));
    }

    @Test
    void readsValuesOfTheirOwnKind() throws Exception {
        Order order = Json.decode("{\"lots\":5,\"price\":5,\"all\":true,\"side\":\"SELL\",\"ids\":[2]}", Order.class);

        assertThat(order).isEqualTo(new Order(5, 5.0, true, Side.SELL, List.of(2L)));
    }

    @Test
    void refusesATypeWithinItselfBeforeTheStackOverflows() throws Exception {
        assertThat(Json.decode(nested(200), Tree.class)).isNotNull();
        assertThatThrownBy(() -> Json.decode(nested(201), Tree.class)).hasMessageContaining("depth (201)");
        assertThatThrownBy(() -> Json.decode(nested(5_000), Tree.class)).hasMessageContaining("depth (201)");
        assertThatThrownBy(() -> Json.decode("[".repeat(60_000), JsonNode.class))
                .isInstanceOf(StreamConstraintsException.class);
    }

    private static String nested(int levels) {
        return "{\"inner\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }

    @Test
    void blamesTheClientForAMemberThatOccursTwice() {
        assertThatThrownBy(() -> Json.decode("{\"amount\":1,\"amount\":2}", Amount.class))
                .isInstanceOf(MismatchedInputException.class)
                .isNotInstanceOf(InvalidDefinitionException.class)
                .hasMessageContaining("a member occurs twice");
    }

    @Test
    void blamesTheTypeThatJacksonCannotMake() {
        assertThatThrownBy(() -> Json.decode("{\"at\":\"2026-11-30T00:00:00Z\"}", Timed.class))
                .isInstanceOf(InvalidDefinitionException.class);
    }

    @Test
    void doesNotInternTheNamesThatAClientChooses() throws Exception {
        String name = "a-name-of-its-own-" + System.nanoTime();

        JsonNode node = Json.decode("{\"" + name + "\":1}", JsonNode.class);

        assertThat(node.fieldNames().next()).isNotSameAs(name.intern());
    }
}
