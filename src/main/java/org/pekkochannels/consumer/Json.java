package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.time.DateTimeException;

/**
 * Decodes JSON from clients: unknown members are ignored, required members must be present, and a value must be of the type's kind.
 * Thread-safe.
 */
final class Json {
    // A recursive type is read by recursion: 900 levels overflow the stack of a thread.
    private static final int MAX_DEPTH = 200;

    private static final ObjectMapper MAPPER = JsonMapper.builder(factory())
            .annotationIntrospector(
                    AnnotationIntrospector.pair(new RequiredMembers(), new JacksonAnnotationIntrospector()))
            // Uses the Jackson modules of the application, for example for java.time.
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, Json::refuseScalars)
            .addModule(new FiniteNumbers())
            .addModule(new OptionalValues())
            .nodeFactory(new FiniteNumbers.Nodes())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    // Interning names that clients choose costs ten times as much as reading them. The table of canonical names is
    // shared by all clients:
    // names with equal hashes from one client would make messages of other clients fail.
    private static JsonFactory factory() {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .build();
    }

    private static void refuseScalars(MutableCoercionConfig texts) {
        texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    /** Writes and reads a value, so that no Jackson class is initialized inside a callback whose stack overflows. */
    static void initialize() {
        try {
            String unused = decode(encode("text"), String.class);
        } catch (Exception e) {
            throw new IllegalStateException("a text cannot be written and read as JSON; see the Jackson modules", e);
        }
    }

    static String encode(Object value) throws JsonProcessingException {
        return MAPPER.writeValueAsString(value);
    }

    /** Whether a text is one JSON value; a text that is nested too deeply to be read counts as one. */
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

    /**
     * Decodes to a value that is never null: the JSON {@code null} is not a value of any type except nodes.
     *
     * @throws JsonProcessingException if the text is not a value of the type; {@link TypeFailure#refusal} has the reason
     * @throws Exception the exception of the type's code, and any other failure that the client did not cause
     */
    static <T> T decode(String text, Class<T> type) throws Exception {
        T value = read(text, type);
        if (value == null) {
            throw MismatchedInputException.from(null, type, "null is not a value of " + type.getSimpleName());
        }
        return value;
    }

    private static <T> T read(String text, Class<T> type) throws Exception {
        try {
            return MAPPER.readValue(text, type);
        } catch (FiniteNumbers.NotFinite e) {
            throw MismatchedInputException.from(null, type, e.getMessage());
        } catch (InvalidDefinitionException e) {
            throw blamed(e, text, type);
        } catch (MismatchedInputException e) {
            ReadableType.requireUsable(e);
            throw e;
        } catch (JsonMappingException e) {
            throw TypeFailure.unwrapped(e);
        } catch (IllegalArgumentException | DateTimeException e) { // of a converter, which Jackson does not wrap
            throw new JsonMappingException(null, "refused", e);
        }
    }

    /** Jackson reports an error of the type if a member is repeated after a record is complete, but the client caused it. */
    private static JsonMappingException blamed(InvalidDefinitionException failure, String text, Class<?> type) {
        return repeatsMember(text) ? MismatchedInputException.from(null, type, "a member occurs twice") : failure;
    }

    private static boolean repeatsMember(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            parser.nextToken();
            parser.skipChildren();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    static DeserializationConfig config() {
        return MAPPER.getDeserializationConfig();
    }

    /** A context to find the deserializer of a type. It has a parser, because deserializers of the application may use it. */
    static DefaultDeserializationContext context() {
        return ((DefaultDeserializationContext) MAPPER.getDeserializationContext())
                .createInstance(config(), MAPPER.treeAsTokens(MAPPER.createObjectNode()), null);
    }

    /** Reads an empty object. */
    static Object probe(Class<?> type) throws JsonProcessingException {
        return MAPPER.readValue("{}", type);
    }
}
