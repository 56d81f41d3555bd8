package org.pekkochannels.consumer;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedConstructor;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Determines which members a client must send: all components of a record, except those of an {@code Optional} type or with an annotation
 * {@code Nullable} of any package. Otherwise a missing member would become a null or a zero that the client did not send. Stateless.
 */
final class RequiredMembers extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;
    private static final Set<Class<?>> OPTIONAL =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    @Override
    public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
        return isRequired(member) ? Boolean.TRUE : null;
    }

    @Override
    public JsonSetter.Value findSetterInfo(Annotated annotated) {
        return isRequired(annotated) ? JsonSetter.Value.forValueNulls(Nulls.FAIL) : JsonSetter.Value.empty();
    }

    /** Whether a client must send it, and not as null. For other creators than a record's the application's annotations decide. */
    static boolean isRequired(Annotated annotated) {
        return annotated instanceof AnnotatedParameter parameter
                && parameter.getOwner() instanceof AnnotatedConstructor constructor
                && isCanonical(constructor)
                && isRequired(constructor.getDeclaringClass().getRecordComponents()[parameter.getIndex()]);
    }

    private static boolean isCanonical(AnnotatedConstructor constructor) {
        Class<?> type = constructor.getDeclaringClass();
        return type.isRecord()
                && Stream.of(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toList()
                        .equals(Stream.of(constructor.getAnnotated().getParameterTypes())
                                .toList());
    }

    private static boolean isRequired(RecordComponent component) {
        return !OPTIONAL.contains(component.getType())
                && Stream.of(
                                component.getAnnotations(),
                                component.getAnnotatedType().getAnnotations(),
                                component.getAccessor().getAnnotations())
                        .flatMap(Stream::of)
                        .noneMatch(RequiredMembers::isNullable);
    }

    private static boolean isNullable(Annotation annotation) {
        return annotation.annotationType().getSimpleName().equals("Nullable");
    }
}
