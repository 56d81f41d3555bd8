package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.impl.TypeWrappedDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.ReferenceType;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads members of an {@code Optional} type, which are empty if missing or null, with and without {@code jackson-datatype-jdk8}: without
 * it, Jackson reads a missing one as null, and fails for any other. Stateless.
 */
final class OptionalValues extends SimpleModule {
    private static final long serialVersionUID = 1L;

    private static final Map<Class<?>, Kind> KINDS = Map.of(
            Optional.class, new Kind(null, Optional::of, Optional.empty()),
            OptionalInt.class, new Kind(Integer.class, value -> OptionalInt.of((Integer) value), OptionalInt.empty()),
            OptionalLong.class, new Kind(Long.class, value -> OptionalLong.of((Long) value), OptionalLong.empty()),
            OptionalDouble.class,
                    new Kind(Double.class, value -> OptionalDouble.of((Double) value), OptionalDouble.empty()));

    /** The content's class, if the optional type does not declare it, and how the optional is created. */
    private record Kind(@Nullable Class<?> content, Function<Object, Object> wrap, Object empty) {}

    @Override
    public void setupModule(SetupContext context) {
        context.addDeserializers(new Deserializers.Base() {
            @Override
            public @Nullable JsonDeserializer<?> findBeanDeserializer(
                    JavaType type, DeserializationConfig config, BeanDescription description) {
                return find(type);
            }

            @Override
            public @Nullable JsonDeserializer<?> findReferenceDeserializer(
                    ReferenceType type,
                    DeserializationConfig config,
                    BeanDescription description,
                    @Nullable TypeDeserializer ids,
                    @Nullable JsonDeserializer<?> content) {
                return find(type);
            }

            private @Nullable JsonDeserializer<?> find(JavaType type) {
                Kind kind = KINDS.get(type.getRawClass());
                return kind == null ? null : new Contextual(type, kind);
            }
        });
    }

    /** Before the deserializer of the content is known. */
    private static final class Contextual extends JsonDeserializer<Object> implements ContextualDeserializer {
        private final JavaType type;
        private final Kind kind;

        Contextual(JavaType type, Kind kind) {
            this.type = type;
            this.kind = kind;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
                throws JsonMappingException {
            JavaType content =
                    kind.content() == null ? type.containedTypeOrUnknown(0) : context.constructType(kind.content());
            JsonDeserializer<Object> reader = context.findContextualValueDeserializer(content, property);
            TypeDeserializer ids = context.getConfig().findTypeDeserializer(content);
            return new Reader(
                    kind, ids == null ? reader : new TypeWrappedDeserializer(ids.forProperty(property), reader));
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            throw JsonMappingException.from(parser, "read out of context");
        }
    }

    private static final class Reader extends JsonDeserializer<Object> {
        private final Kind kind;
        private final JsonDeserializer<Object> content;

        Reader(Kind kind, JsonDeserializer<Object> content) {
            this.kind = kind;
            this.content = content;
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Object value = content.deserialize(parser, context);
            return value == null ? kind.empty() : kind.wrap().apply(value);
        }

        @Override
        public Object getNullValue(DeserializationContext context) {
            return kind.empty();
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return kind.empty();
        }
    }
}
