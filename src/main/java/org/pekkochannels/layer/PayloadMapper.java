package org.pekkochannels.layer;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.pekkochannels.concurrent.FatalErrors;

/** Encodes and decodes payloads of events, with one Jackson mapper. Thread-safe. */
final class PayloadMapper {
    private final ObjectMapper mapper;

    /**
     * Derives the mapper for payloads. A newer node may add a property, which is ignored. A missing property fails; otherwise it would
     * become a null that was never sent. The exception is a mapper that does not write nulls.
     *
     * @param mapper an application's mapper, or the default one
     */
    PayloadMapper(ObjectMapper mapper) {
        this.mapper = SystemJson.strict(mapper, StreamReadConstraints.DEFAULT_MAX_DEPTH);
        this.mapper.configure(
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, !SystemJson.omitsMembers(mapper));
    }

    byte[] encode(String type, Object payload) {
        try {
            return mapper.writeValueAsBytes(payload);
        } catch (Throwable e) { // a getter or a serializer is the application's code
            FatalErrors.rethrow(e);
            throw new UnencodablePayloadException(type, payload, e);
        }
    }

    <T> T read(Event event, byte[] json, Class<T> as) {
        return read(event, json, mapper.constructType(as));
    }

    <T> T read(Event event, byte[] json, TypeReference<T> as) {
        return read(event, json, mapper.constructType(as));
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the callers' parameters name it
    private <T> T read(Event event, byte[] json, JavaType as) {
        try {
            T value = mapper.readValue(json, as);
            if (value == null) {
                throw new IOException("it is the JSON null");
            }
            return value;
        } catch (IOException e) {
            throw new UndecodablePayloadException(event, as.toCanonical(), e);
        }
    }
}
