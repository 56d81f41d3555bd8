package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/** JSON as clients speak it: a member that the type does not know is ignored; thread-safe. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            // Whatever Jackson modules an application has, for times of java.time and the like.
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static String encode(Object value) throws JsonProcessingException {
        return MAPPER.writeValueAsString(value);
    }

    /** What a type itself said against a value, where it was not the JSON: "values refuse nonsense at birth". */
    static Optional<IllegalArgumentException> refusal(JsonProcessingException failure) {
        return failure instanceof ValueInstantiationException
                        && failure.getCause() instanceof IllegalArgumentException refusal
                ? Optional.of(refusal)
                : Optional.empty();
    }

    /** Decodes to a value that is never null: the JSON {@code null} is of no type but that of nodes. */
    static <T> T decode(String text, Class<T> type) throws JsonProcessingException {
        T value = MAPPER.readValue(text, type);
        if (value == null) {
            throw MismatchedInputException.from(null, type, "null is no " + type.getSimpleName());
        }
        return value;
    }
}
