package org.pekkochannels.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON that stores keep. ASCII, so that no character set of a table or a cookie matters. Stateless. */
final class SessionJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            // 0.10 stays 0.10.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** An object without values; not changed, because many sessions share it. */
    static final ObjectNode EMPTY = MAPPER.createObjectNode();

    private SessionJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A value of the application's, as its mapper writes it. */
    static JsonNode encoded(ObjectMapper mapper, String name, Object value) {
        try {
            return MAPPER.readTree(mapper.writeValueAsString(value));
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException(
                    "the session's value '" + name + "' of the " + value.getClass() + " cannot be written as JSON",
                    unwritable);
        }
    }

    /** A value as the application's mapper reads it. The failure's message does not contain the value. */
    static <T> @Nullable T decoded(ObjectMapper mapper, String name, JsonNode value, Class<T> type) {
        try {
            return mapper.readValue(write(value), type);
        } catch (JsonProcessingException other) {
            throw new IllegalArgumentException(
                    "the session's value '" + name + "' is not a " + type.getName() + "; remove it, or read its class");
        }
    }

    static String write(JsonNode value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException("a value of the session cannot be written as JSON", unwritable);
        }
    }

    /** The object, which may be {@link #EMPTY}; empty for any other text. */
    static Optional<ObjectNode> read(String text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node instanceof ObjectNode object ? Optional.of(shared(object)) : Optional.empty();
        } catch (JsonProcessingException noJson) {
            return Optional.empty();
        }
    }

    /** A session that has no values keeps no object of its own. */
    static ObjectNode shared(ObjectNode data) {
        return data.isEmpty() ? EMPTY : data;
    }
}
