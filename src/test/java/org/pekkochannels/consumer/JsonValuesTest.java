package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    private record Amount(int amount) {}

    private record Tree(@Nullable Tree inner) {}

    private record Timed(Instant at) {}

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
