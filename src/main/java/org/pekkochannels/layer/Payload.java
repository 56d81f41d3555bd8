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

/** The bytes of an event, and the last decoded value if it may be shared. Thread-safe. */
final class Payload {
    // A newer node may add a property, which is ignored. A missing property fails; otherwise it would become a null or
    // a zero that was
    // never sent.
    private static final ObjectMapper JSON = JsonMapper.builder(factory())
            // Uses the Jackson modules of the application, for example for java.time.
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
    // Written by any thread; a race writes equal values twice. Safe without a lock, because the fields of a record are
    // final.
    private volatile @Nullable Object shared;
    // Likewise; a race between members makes it twice.
    private volatile @Nullable Object derived;

    Payload(byte[] json) {
        this.json = json;
    }

    // Disables the shared table of names. With it, the names in one payload could make other payloads fail. Interned
    // names would stay in
    // the JVM, and the keys of a map may come from clients.
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
