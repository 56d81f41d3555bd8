package org.pekkochannels.layer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.FatalErrors;

/** The bytes of an event, and what they were last decoded to where that may be shared; thread-safe. */
final class Payload {
    // A newer node may add a property; a missing one would be a null or a zero that nobody sent.
    private static final ObjectMapper JSON = JsonMapper.builder(factory())
            // Whatever Jackson modules an application has, for times of java.time and the like.
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, Payload::refuseScalars)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final byte[] json;
    // Written by any thread, at worst twice with equal values: the fields of a record are final.
    private volatile @Nullable Object shared;
    // Likewise at worst made twice, by members that run at once.
    private volatile @Nullable Object derived;

    Payload(byte[] json) {
        this.json = json;
    }

    // A table of names, shared by all events, would let the names of one payload make others fail, and each interned
    // name is kept by
    // the JVM: the keys of a map may be what clients have sent.
    private static JsonFactory factory() {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
    }

    private static void refuseScalars(MutableCoercionConfig texts) {
        texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    static Payload encode(String type, Object payload) {
        try {
            return new Payload(JSON.writeValueAsBytes(payload));
        } catch (Throwable e) { // a getter or a serializer is the application's code
            FatalErrors.rethrow(e);
            throw new UnencodablePayloadException(type, payload, e);
        }
    }

    byte[] json() {
        return json;
    }

    <T> T decode(Event event, Class<T> as) {
        Object known = shared;
        if (known != null && known.getClass() == as) {
            return as.cast(known);
        }
        T value = read(event, as);
        if (ImmutableRecords.contain(as)) {
            shared = value;
        }
        return value;
    }

    <T> T derived(Class<T> type, Function<byte[], ? extends T> make) {
        Object known = derived;
        if (type.isInstance(known)) {
            return type.cast(known);
        }
        T made = make.apply(json);
        derived = made;
        return made;
    }

    private <T> T read(Event event, Class<T> as) {
        try {
            T value = JSON.readValue(json, as);
            if (value == null) {
                throw new IOException("it is the JSON null");
            }
            return value;
        } catch (IOException e) {
            throw new UndecodablePayloadException(event, as, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload payload && Arrays.equals(json, payload.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }
}
