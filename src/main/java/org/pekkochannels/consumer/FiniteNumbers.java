package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.StdKeyDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.UntypedObjectDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.type.ArrayType;
import java.io.IOException;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/**
 * Rejects NaN and the infinities in messages of clients. Jackson would read them from the strings {@code "NaN"} and {@code "Infinity"} and
 * from numbers that are too large, such as {@code 1e400}. Also rejects 128 to 255 for a byte, which Jackson would turn into negative
 * numbers. Stateless.
 */
final class FiniteNumbers extends SimpleModule {
    private static final long serialVersionUID = 1L;
    private static final String NOT_FINITE = "not a finite number";

    @SuppressWarnings("this-escape") // as SimpleModule is made to be filled
    FiniteNumbers() {
        addDeserializer(double.class, new Doubles(double.class, 0d));
        addDeserializer(Double.class, new Doubles(Double.class, null));
        addDeserializer(float.class, new Floats(float.class, 0f));
        addDeserializer(Float.class, new Floats(Float.class, null));
        addKeyDeserializer(Double.class, new Keys(Double.class));
        addKeyDeserializer(Float.class, new Keys(Float.class));
        addDeserializer(byte.class, new Bytes(byte.class, (byte) 0));
        addDeserializer(Byte.class, new Bytes(Byte.class, null));
        addDeserializer(Number.class, new Numbers());
        addDeserializer(Object.class, new Untyped());
        setDeserializerModifier(new Arrays());
    }

    private static final class Doubles extends NumberDeserializers.DoubleDeserializer {
        private static final long serialVersionUID = 1L;

        Doubles(Class<Double> type, @Nullable Double absent) {
            super(type, absent);
        }

        @Override
        public @Nullable Double deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Double value = super.deserialize(parser, context);
            requireFinite(value, parser);
            return value;
        }
    }

    private static final class Floats extends NumberDeserializers.FloatDeserializer {
        private static final long serialVersionUID = 1L;

        Floats(Class<Float> type, @Nullable Float absent) {
            super(type, absent);
        }

        @Override
        public @Nullable Float deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Float value = super.deserialize(parser, context);
            requireFinite(value, parser);
            return value;
        }
    }

    /** Keys of a map. */
    private static final class Keys extends KeyDeserializer {
        private final Class<?> type;
        private final KeyDeserializer read;

        Keys(Class<?> type) {
            this.type = type;
            this.read = StdKeyDeserializer.forType(type);
        }

        @Override
        public @Nullable Object deserializeKey(String name, DeserializationContext context) throws IOException {
            Object key = read.deserializeKey(name, context);
            return isNotFinite(key) ? context.handleWeirdKey(type, name, NOT_FINITE) : key;
        }
    }

    /** Jackson reads 128 to 255 as negative bytes. */
    private static final class Bytes extends NumberDeserializers.ByteDeserializer {
        private static final long serialVersionUID = 1L;

        Bytes(Class<Byte> type, @Nullable Byte absent) {
            super(type, absent);
        }

        @Override
        public @Nullable Byte deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Byte value = super.deserialize(parser, context);
            if (parser.hasToken(JsonToken.VALUE_NUMBER_INT) && parser.getIntValue() > Byte.MAX_VALUE) {
                throw InvalidFormatException.from(parser, "more than 127", parser.getIntValue(), Byte.class);
            }
            return value;
        }
    }

    private static final class Numbers extends StdScalarDeserializer<Number> {
        private static final long serialVersionUID = 1L;

        Numbers() {
            super(Number.class);
        }

        @Override
        public @Nullable Number deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Object value = NumberDeserializers.NumberDeserializer.instance.deserialize(parser, context);
            requireFinite(value, parser);
            return (Number) value;
        }
    }

    /** Values without a declared type, such as those of a {@code Map<String, Object>}. */
    private static final class Untyped extends UntypedObjectDeserializer {
        private static final long serialVersionUID = 1L;

        Untyped() {
            super((JavaType) null, null);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Object value = super.deserialize(parser, context);
            requireFinite(value, parser);
            return value;
        }
    }

    private static final class Arrays extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyArrayDeserializer(
                DeserializationConfig config, ArrayType type, BeanDescription description, JsonDeserializer<?> read) {
            Class<?> element = type.getContentType().getRawClass();
            return element == double.class || element == float.class ? new FiniteArray(read) : read;
        }
    }

    private static final class FiniteArray extends JsonDeserializer<Object> {
        private final JsonDeserializer<?> read;

        FiniteArray(JsonDeserializer<?> read) {
            this.read = read;
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Object array = read.deserialize(parser, context);
            for (int i = 0; i < Array.getLength(array); i++) {
                requireFinite(Array.get(array, i), parser);
            }
            return array;
        }
    }

    private static void requireFinite(@Nullable Object value, JsonParser parser) throws InvalidFormatException {
        if (isNotFinite(value)) {
            throw InvalidFormatException.from(parser, NOT_FINITE, value, Double.class);
        }
    }

    private static boolean isNotFinite(@Nullable Object value) {
        return (value instanceof Double wide && !Double.isFinite(wide))
                || (value instanceof Float narrow && !Float.isFinite(narrow));
    }

    /** Creates JSON nodes, which have no deserializer that could be extended. */
    static final class Nodes extends JsonNodeFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public NumericNode numberNode(double value) {
            if (!Double.isFinite(value)) {
                throw new NotFinite();
            }
            return super.numberNode(value);
        }

        @Override
        public NumericNode numberNode(float value) {
            if (!Float.isFinite(value)) {
                throw new NotFinite();
            }
            return super.numberNode(value);
        }
    }

    /** A number that a node cannot hold. Jackson wraps it if the node is part of another value. */
    static final class NotFinite extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFinite() {
            super(NOT_FINITE, null, false, false);
        }
    }
}
