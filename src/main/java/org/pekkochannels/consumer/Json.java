package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.SystemJson;

/**
 * Decodes JSON from clients: unknown members are ignored, required members must be present, and a value must be of the type's kind.
 * Thread-safe.
 */
final class Json {
    // A recursive type is read by recursion: 900 levels overflow the stack of a thread.
    private static final int MAX_DEPTH = 200;

    // Shared by all actor systems without a custom mapper, and with it the caches.
    private static final class Default {
        static final Json JSON = new Json(SystemJson.standard().strict(MAX_DEPTH));
    }

    private final ObjectMapper mapper;
    private final ReadableType types = new ReadableType(this);

    private Json(ObjectMapper mapper) {
        this.mapper = mapper;
        DeserializationConfig config = mapper.getDeserializationConfig();
        mapper.setAnnotationIntrospectors(
                mapper.getSerializationConfig().getAnnotationIntrospector(),
                AnnotationIntrospector.pair(new RequiredMembers(), config.getAnnotationIntrospector()));
        mapper.registerModules(new FiniteNumbers(), new OptionalValues());
        mapper.setNodeFactory(new FiniteNumbers.Nodes());
    }

    /** The JSON of consumers without a mapper of their actor system. */
    static Json standard() {
        return Default.JSON;
    }

    /** The JSON of an actor system's consumers. */
    static Json of(SystemJson json) {
        return json.isDefault() ? Default.JSON : new Json(json.strict(MAX_DEPTH));
    }

    /** Writes and reads a value, so that no Jackson class is initialized inside a callback whose stack overflows. */
    void initialize() {
        try {
            String unused = decode(encode("text"), String.class);
        } catch (Exception e) {
            throw new IllegalStateException("a text cannot be written and read as JSON; see the Jackson modules", e);
        }
    }

    String encode(Object value) throws JsonProcessingException {
        return mapper.writeValueAsString(value);
    }

    /** Whether a text is one JSON value; a text that is nested too deeply to be read counts as one. */
    boolean isJson(String text) {
        try {
            requireJson(text);
            return true;
        } catch (StreamConstraintsException e) {
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Fails if a text is not one JSON value, or is nested too deeply. */
    void requireJson(String text) throws JsonProcessingException {
        try (JsonParser parser = mapper.createParser(text)) {
            if (parser.nextToken() == null) {
                throw MismatchedInputException.from(parser, Object.class, "it is empty");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw MismatchedInputException.from(parser, Object.class, "more than one value");
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new JsonMappingException(null, "cannot be read", e);
        }
    }

    /** The first member of a name, if the text is an object that has it before any error, and if it is a text. */
    @Nullable
    String member(String text, String name) throws JsonProcessingException {
        try (JsonParser parser = mapper.createParser(text)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? member(parser, name) : null;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new JsonMappingException(null, "cannot be read", e);
        }
    }

    private static @Nullable String member(JsonParser parser, String name) throws IOException {
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (member.equals(name)) {
                return value == JsonToken.VALUE_STRING ? parser.getText() : null;
            }
            parser.skipChildren();
        }
        return null;
    }

    /**
     * Decodes to a value that is never null: the JSON {@code null} is not a value of any type except nodes.
     *
     * @throws JsonProcessingException if the text is not a value of the type; {@link TypeFailure#refusal} has the reason
     * @throws Exception the exception of the type's code, and any other failure that the client did not cause
     */
    <T> T decode(String text, Class<T> type) throws Exception {
        return decode(text, mapper.constructType(type));
    }

    /** Decodes to a value of a complete type, like {@link #decode(String, Class)}. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // the type has no parameter
    <T> T decode(String text, JavaType type) throws Exception {
        T value = read(text, type);
        if (value == null) {
            Class<?> as = type.getRawClass();
            throw MismatchedInputException.from(null, as, "null is not a value of " + as.getSimpleName());
        }
        return value;
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // likewise
    private <T> T read(String text, JavaType type) throws Exception {
        try {
            return mapper.readValue(text, type);
        } catch (FiniteNumbers.NotFinite e) {
            throw MismatchedInputException.from(null, type, e.getMessage());
        } catch (InvalidDefinitionException e) {
            throw blamed(e, text, type);
        } catch (MismatchedInputException e) {
            types.requireUsable(e);
            throw e;
        } catch (JsonMappingException e) {
            throw TypeFailure.unwrapped(e);
        } catch (IllegalArgumentException | DateTimeException e) { // of a converter, which Jackson does not wrap
            throw new JsonMappingException(null, "refused", e);
        }
    }

    /** Jackson reports an error of the type if a member is repeated after a record is complete, but the client caused it. */
    private JsonMappingException blamed(InvalidDefinitionException failure, String text, JavaType type) {
        return repeatsMember(text) ? MismatchedInputException.from(null, type, "a member occurs twice") : failure;
    }

    private boolean repeatsMember(String text) {
        try (JsonParser parser = mapper.createParser(text)) {
            parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            parser.nextToken();
            parser.skipChildren();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    JavaType complete(Type type) {
        return mapper.constructType(type);
    }

    /** Fails with {@link IllegalArgumentException} if no JSON can be read as the class. */
    <T> Class<T> requireReadable(Class<T> type) {
        return types.required(type);
    }

    /** Fails with {@link IllegalArgumentException} if no JSON object can be read as the type. */
    JavaType requireReadableFromObject(Type type) {
        return types.requiredFromObject(complete(type));
    }

    DeserializationConfig config() {
        return mapper.getDeserializationConfig();
    }

    /** A context to find the deserializer of a type. It has a parser, because deserializers of the application may use it. */
    DefaultDeserializationContext context() {
        return ((DefaultDeserializationContext) mapper.getDeserializationContext())
                .createInstance(config(), mapper.treeAsTokens(mapper.createObjectNode()), null);
    }

    /** Reads an empty object. */
    Object probe(JavaType type) throws JsonProcessingException {
        return mapper.readValue("{}", type);
    }
}
