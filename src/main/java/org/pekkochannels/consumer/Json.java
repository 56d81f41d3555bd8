package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;

/**
 * JSON as clients speak it: a member that the type does not know is ignored, one that it needs must be there. Thread-safe.
 */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .annotationIntrospector(
                    AnnotationIntrospector.pair(new RequiredMembers(), new JacksonAnnotationIntrospector()))
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

    /** Whether a text is one JSON value; one that is nested too deeply to be read passes for one. */
    static boolean isJson(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (StreamConstraintsException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
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
