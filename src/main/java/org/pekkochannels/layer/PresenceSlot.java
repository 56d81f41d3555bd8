package org.pekkochannels.layer;

import org.jspecify.annotations.Nullable;

/**
 * A key and a reference as watching channels see them. After a reconnect within the grace another entry owns the same slot.
 *
 * <p>Its mutable state is guarded by the lock of {@link LocalPresence}. The tick alone writes {@link #sent}, and reads it without the lock.
 */
final class PresenceSlot {
    // The characters around key, reference and meta.
    private static final int MARKS = 7;

    private final String key;
    private final String ref;
    // The key as JSON, because each part of a state and each difference contains it.
    private final byte[] keyJson;
    /** The JSON of the meta. */
    byte[] meta;
    /** The meta that was in the last event; null before the first one. */
    byte @Nullable [] sent;
    /** Whether an entry owns the slot; otherwise it is in its grace. */
    boolean owned = true;
    /** When the grace began. */
    long leftAt;

    PresenceSlot(String key, String ref, byte[] meta) {
        this.key = key;
        this.ref = ref;
        this.keyJson = PresenceWriter.quoted(key);
        this.meta = meta;
    }

    String key() {
        return key;
    }

    String ref() {
        return ref;
    }

    byte[] keyJson() {
        return keyJson;
    }

    /** The largest number of its bytes in a state. */
    int size() {
        return keyJson.length + ref.length() + meta.length + MARKS;
    }
}
