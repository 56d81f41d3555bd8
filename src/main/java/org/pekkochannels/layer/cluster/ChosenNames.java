package org.pekkochannels.layer.cluster;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * The chosen names of the channels that are open on a node. Immutable.
 *
 * @param version grows with each change, so that an older announcement does not replace a newer one
 * @param names the names
 */
record ChosenNames(long version, Set<String> names) {
    static final ChosenNames NONE = new ChosenNames(0, Set.of());

    ChosenNames {
        names = Set.copyOf(names);
    }

    int size() {
        return Long.BYTES
                + Integer.BYTES
                + names.stream().mapToInt(name -> 1 + name.length()).sum();
    }

    void write(ByteBuffer to) {
        to.putLong(version).putInt(names.size());
        names.forEach(name -> Transfer.write(to, name));
    }

    static ChosenNames read(ByteBuffer from) {
        long version = from.getLong();
        int count = from.getInt();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            names.add(Transfer.name(from));
        }
        return new ChosenNames(version, names);
    }
}
