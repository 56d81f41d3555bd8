package org.pekkochannels.consumer;

import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.impl.AsDeductionTypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.impl.SimpleNameIdResolver;
import com.fasterxml.jackson.databind.jsontype.impl.TypeNameIdResolver;

/** The subtypes that Jackson knows for an abstract type. Stateless. */
final class Subtypes {
    private Subtypes() {}

    /** Whether an abstract type with {@code @JsonTypeInfo} names no subtype, so that no text can be read as it. */
    static boolean areMissing(Json json, JavaType base) throws JsonMappingException {
        TypeDeserializer ids = base.isAbstract() ? json.config().findTypeDeserializer(base) : null;
        return ids != null
                && ids.getDefaultImpl() == null
                && areNamed(ids)
                && json.context().findNonContextualValueDeserializer(base) instanceof AbstractDeserializer
                && knowsNoneBut(json, base);
    }

    /** Other kinds of type ids, such as class names, need no list of subtypes. */
    private static boolean areNamed(TypeDeserializer ids) {
        return ids instanceof AsDeductionTypeDeserializer
                || ids.getTypeIdResolver() instanceof TypeNameIdResolver
                || ids.getTypeIdResolver() instanceof SimpleNameIdResolver;
    }

    private static boolean knowsNoneBut(Json json, JavaType base) {
        DeserializationConfig config = json.config();
        return config
                .getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(
                        config, config.introspectClassAnnotations(base).getClassInfo())
                .stream()
                .allMatch(known -> known.getType() == base.getRawClass());
    }
}
