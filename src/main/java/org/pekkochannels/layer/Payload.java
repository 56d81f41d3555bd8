package org.pekkochannels.layer;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The bytes of an event, and the last decoded value if it may be shared. Thread-safe. */
final class Payload {
    private final byte[] json;
    // Written by any thread; a race writes equal values twice. Safe without a lock, because the fields of a record are
    // final.
    private volatile @Nullable Shared shared;
    // Likewise; a race between members makes it twice.
    private volatile @Nullable Object derived;

    Payload(byte[] json) {
        this.json = json;
    }

    /** A decoded value; another mapper may decode another one. */
    private record Shared(PayloadMapper mapper, Object value) {}

    byte[] json() {
        return json;
    }

    <T> T decode(Event event, Class<T> as, PayloadMapper mapper) {
        Shared known = shared;
        if (known != null && known.value().getClass() == as && known.mapper() == mapper) {
            return as.cast(known.value());
        }
        T value = mapper.read(event, json, as);
        if (ImmutableRecords.contain(as)) {
            shared = new Shared(mapper, value);
        }
        return value;
    }

    <T> T decode(Event event, TypeReference<T> as, PayloadMapper mapper) {
        return mapper.read(event, json, as);
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

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload payload && Arrays.equals(json, payload.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }
}
