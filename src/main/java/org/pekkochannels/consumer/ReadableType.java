package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.lang.reflect.Modifier;
import java.util.stream.Stream;

/**
 * Finds the classes of which Jackson can make no value, whatever a client sends, when the first consumer is constructed. A class
 * that may be legal passes. Thread-safe.
 */
final class ReadableType {
    private static final String NO_CREATOR =
            "cannot deserialize from Object value (no delegate- or property-based Creator)";
    private static final String CURE = "make it a record, or give it a constructor without parameters and setters, or"
            + " annotate its constructor with @JsonCreator and the parameters with @JsonProperty";

    // What fails is not kept, and is looked at again for each connection.
    private static final ClassValue<Boolean> CHECKED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            check(type);
            return true;
        }
    };

    private ReadableType() {}

    /**
     * Returns the class.
     *
     * @throws IllegalArgumentException if no JSON can be read as it
     */
    static <T> Class<T> required(Class<T> type) {
        CHECKED.get(requireNonNull(type, "the class of a JSON consumer's messages must not be null"));
        return type;
    }

    private static void check(Class<?> type) {
        try {
            if (isUnreadable(Json.deserializer(type))) {
                // Fails before it runs any code of the type's.
                Object unused = Json.probe(type);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "no JSON can be read as " + type.getName() + ": " + e.getOriginalMessage() + cure(type, e), e);
        }
    }

    private static boolean isUnreadable(JsonDeserializer<?> deserializer) {
        return deserializer instanceof AbstractDeserializer
                || deserializer instanceof UnsupportedTypeDeserializer
                || (deserializer instanceof BeanDeserializerBase bean && !canInstantiate(bean.getValueInstantiator()));
    }

    private static boolean canInstantiate(ValueInstantiator instantiator) {
        return instantiator.canInstantiate()
                || instantiator.canCreateFromBigInteger()
                || instantiator.canCreateFromBigDecimal();
    }

    /** Jackson's own reason has the cure in all other cases. */
    private static String cure(Class<?> type, JsonProcessingException failure) {
        String reason = failure.getOriginalMessage();
        if (reason.contains("abstract types")) {
            return "; name its subtypes with @JsonTypeInfo and @JsonSubTypes, or use a class that is not abstract";
        } else if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            return "; declare it static";
        }
        return reason.endsWith(NO_CREATOR) ? "; " + CURE : "";
    }

    /**
     * Throws if the type is at fault for an object that it cannot be made from: as Jackson takes a constructor or factory with one
     * parameter and without annotations for one that takes the whole value.
     */
    static void requireObjects(MismatchedInputException failure) {
        Class<?> type = failure.getTargetType();
        if (type != null && failure.getOriginalMessage().endsWith(NO_CREATOR) && !saysHow(type)) {
            throw new IllegalStateException(
                    "no JSON object can be read as " + type.getName()
                            + ", as Jackson takes its constructor or factory with one"
                            + " parameter for one that takes the whole value; " + CURE
                            + ", or, if its values are no objects, with"
                            + " @JsonCreator(mode = DELEGATING)",
                    failure);
        }
    }

    private static boolean saysHow(Class<?> type) {
        BeanDescription description = Json.description(type);
        return description.findJsonValueAccessor() != null
                || Stream.concat(description.getConstructors().stream(), description.getFactoryMethods().stream())
                        .anyMatch(creator -> creator.hasAnnotation(JsonCreator.class));
    }
}
