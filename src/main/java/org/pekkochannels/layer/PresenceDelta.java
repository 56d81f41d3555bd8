package org.pekkochannels.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The own entries of one node, sent to the others. Immutable.
 *
 * @param node the node, which is the only one to write about its entries
 * @param number of a delta, one more than that of the delta before; of a full state, that of the last delta that it includes
 * @param full whether these are all entries of the node, so that others are gone
 * @param changes the entries that have changed, at most one change of each
 */
record PresenceDelta(String node, long number, boolean full, List<Change> changes) {
    PresenceDelta {
        changes = List.copyOf(changes);
    }

    /** One entry, or that it is gone. Immutable. */
    static final class Change {
        private static final int UTF_8_MOST = 3;
        private static final int LENGTHS = 3 * Short.BYTES + Integer.BYTES;

        private final String group;
        private final String ref;
        private final String key;
        private final byte @Nullable [] meta;

        /**
         * An entry.
         *
         * @param group the group's name
         * @param ref the reference, unique within the node
         * @param key the key
         * @param meta its meta as JSON; null if the entry is gone
         */
        Change(String group, String ref, String key, byte @Nullable [] meta) {
            this.group = group;
            this.ref = ref;
            this.key = key;
            this.meta = meta;
        }

        String group() {
            return group;
        }

        String ref() {
            return ref;
        }

        String key() {
            return key;
        }

        /** The most bytes of it in a part. */
        int size() {
            return group.length()
                    + ref.length()
                    + UTF_8_MOST * key.length()
                    + (meta == null ? 0 : meta.length)
                    + LENGTHS;
        }

        /** The JSON, not to be changed; null if the entry is gone. */
        byte @Nullable [] meta() {
            return meta;
        }
    }
}
