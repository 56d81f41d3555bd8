package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.lang.reflect.Modifier;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds classes of which Jackson cannot create a value from any text, when the first consumer is constructed. A class that may be valid
 * passes. Thread-safe.
 */
final class ReadableType {
    private static final String NO_CREATOR =
            "cannot deserialize from Object value (no delegate- or property-based Creator)";
    private static final String NO_SUBTYPES =
            "Jackson knows no subtype of it; name its subtypes with @JsonSubTypes, as Jackson"
                    + " does not look at the permits clause of a sealed type";
    private static final String CURE = "make it a record, or give it a constructor without parameters and setters, or"
            + " annotate its constructor with @JsonCreator and the parameters with @JsonProperty";

    // A client can cause the failure repeatedly, even if the type reads the messages of other clients, so it is logged
    // once.
    private static final ClassValue<AtomicBoolean> BLAMED = new ClassValue<>() {
        @Override
        protected AtomicBoolean computeValue(Class<?> type) {
            return new AtomicBoolean();
        }
    };

    private static final Set<LogicalType> OBJECTS = EnumSet.of(LogicalType.POJO, LogicalType.Map, LogicalType.Untyped);

    private final Json json;
    // A failure is not stored; the class is checked again for each connection.
    private final ClassValue<Boolean> checked = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            check(json().config().constructType(type));
            return true;
        }
    };

    ReadableType(Json json) {
        this.json = json;
    }

    /**
     * Returns the class.
     *
     * @throws IllegalArgumentException if no JSON can be read as the class
     */
    <T> Class<T> required(Class<T> type) {
        checked.get(requireNonNull(type, "the class of a JSON consumer's messages must not be null"));
        return type;
    }

    /**
     * Returns the type.
     *
     * @throws IllegalArgumentException if no JSON object can be read as the type
     */
    JavaType requiredFromObject(JavaType type) {
        check(type);
        LogicalType kind = kind(type);
        if (kind != null && !OBJECTS.contains(kind)) {
            throw new IllegalArgumentException("a message is a JSON object, and none can be read as "
                    + type.toCanonical() + "; make it a record with a component for the value");
        }
        return type;
    }

    /** Null if the deserializer has none. */
    private @Nullable LogicalType kind(JavaType type) {
        try {
            return json.context().findRootValueDeserializer(type).logicalType();
        } catch (JsonMappingException | RuntimeException e) { // of the application's deserializer
            return null;
        }
    }

    private Json json() {
        return json;
    }

    private void check(JavaType type) {
        try {
            if (isUnreadable(type)) {
                // If it fails for this reason, no code of the type has run.
                Object unused = json.probe(type);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "no JSON can be read as " + type.toCanonical() + ": " + e.getOriginalMessage()
                            + cure(type.getRawClass(), e),
                    e);
        }
    }

    private boolean isUnreadable(JavaType type) throws JsonMappingException {
        try {
            if (Subtypes.areMissing(json, type)) {
                throw InvalidDefinitionException.from((JsonParser) null, NO_SUBTYPES, type);
            }
            JsonDeserializer<?> deserializer = json.context().findRootValueDeserializer(type);
            requireComponents(deserializer, new HashSet<>());
            return isUnreadable(deserializer);
        } catch (
                RuntimeException
                        e) { // of the application's deserializer: the first message fails, or only this probe does
            return false;
        }
    }

    /** Fails for a component that a client must send, and that cannot be read, for example because a Jackson module is missing. */
    private void requireComponents(JsonDeserializer<?> deserializer, Set<JavaType> seen) throws JsonMappingException {
        if (deserializer instanceof BeanDeserializerBase bean && seen.add(bean.getValueType())) {
            for (Iterator<SettableBeanProperty> all = bean.creatorProperties(); all.hasNext(); ) {
                SettableBeanProperty component = all.next();
                // What type information selects is not known yet.
                if (RequiredMembers.isRequired(component.getMember()) && !component.hasValueTypeDeserializer()) {
                    requireComponent(bean.getValueType(), component);
                    requireComponents(component.getValueDeserializer(), seen);
                }
            }
        }
    }

    private void requireComponent(JavaType type, SettableBeanProperty component) throws JsonMappingException {
        if (isUnreadable(component.getValueDeserializer())) {
            try {
                Object unused = json.probe(component.getType());
            } catch (JsonProcessingException e) {
                throw InvalidDefinitionException.from(
                        (JsonParser) null,
                        "component '" + component.getName() + "': " + e.getOriginalMessage()
                                + cure(component.getType().getRawClass(), e),
                        type);
            }
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

    /** In all other cases Jackson's message contains the cure. */
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
     * Throws if the type is at fault for a text that could not be read.
     *
     * @throws IllegalStateException if no subtype is known; or, once per class, for an object if Jackson treats a constructor or factory
     *     with one parameter and no annotations as one that takes the whole value
     */
    void requireUsable(MismatchedInputException failure) throws JsonMappingException {
        Class<?> type = failure.getTargetType();
        if (failure instanceof InvalidTypeIdException unknown && lacksSubtypes(unknown)) {
            throw new IllegalStateException(
                    "no JSON can be read as "
                            + unknown.getBaseType().getRawClass().getName() + ": " + NO_SUBTYPES,
                    failure);
        } else if (type != null && takesNoObjects(type, failure)) {
            throw new IllegalStateException(
                    "no JSON object can be read as " + type.getName()
                            + ", because Jackson treats its constructor or factory with one"
                            + " parameter as one that takes the whole value; " + CURE
                            + ", or, if its values are not objects, with"
                            + " @JsonCreator(mode = DELEGATING); further objects are closed with 1008 and not logged",
                    failure);
        }
    }

    // A component may name further subtypes than its class.
    private boolean lacksSubtypes(InvalidTypeIdException failure) throws JsonMappingException {
        return failure.getOriginalMessage().contains(": known type ids = []")
                && Subtypes.areMissing(json, failure.getBaseType());
    }

    private boolean takesNoObjects(Class<?> type, MismatchedInputException failure) {
        return failure.getOriginalMessage().endsWith(NO_CREATOR)
                && !saysHow(type)
                && BLAMED.get(type).compareAndSet(false, true);
    }

    private boolean saysHow(Class<?> type) {
        BeanDescription description = json.config().introspect(json.config().constructType(type));
        return description.findJsonValueAccessor() != null
                || Stream.concat(description.getConstructors().stream(), description.getFactoryMethods().stream())
                        .anyMatch(creator -> creator.hasAnnotation(JsonCreator.class));
    }
}
