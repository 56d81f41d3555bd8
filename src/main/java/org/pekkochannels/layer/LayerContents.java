package org.pekkochannels.layer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.annotation.InternalApi;

/**
 * What a node's part of a channel layer contains, for the test kit. Immutable.
 *
 * <p>Not API: public only because packages differ, and may change without notice.
 *
 * @param members the names of channels by that of their group
 * @param present the keys of presence entries by the name of their group
 * @param named the names of channels that their owners chose, such as workers
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public record LayerContents(Map<String, List<String>> members, Map<String, List<String>> present, Set<String> named) {
    /**
     * Copies the collections.
     *
     * @param members the names of channels by that of their group
     * @param present the keys of presence entries by the name of their group
     * @param named the names of channels that their owners chose
     */
    public LayerContents {
        members = Map.copyOf(members);
        present = Map.copyOf(present);
        named = Set.copyOf(named);
    }

    /**
     * The contents of a layer.
     *
     * @param layer the layer of an actor system
     * @return the contents; empty for a layer other than the in-memory one
     */
    public static Optional<LayerContents> of(ChannelLayer layer) {
        return layer instanceof InMemoryLayer memory ? Optional.of(memory.contents()) : Optional.empty();
    }
}
