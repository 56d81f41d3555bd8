package org.pekkochannels.layer;

import org.apache.pekko.actor.ExtendedActorSystem;
import org.pekkochannels.settings.Settings;

/** A layer with a key of its own. */
final class CustomLayer extends ForwardingLayer {
    /** The capacity with which it cannot be made. */
    static final int UNLUCKY = 13;

    CustomLayer(ExtendedActorSystem system, Settings settings) {
        super(lucky(settings.integer("capacity", 1, 100)));
    }

    private static int lucky(int capacity) {
        if (capacity == UNLUCKY) {
            throw new IllegalStateException("unlucky");
        }
        return capacity;
    }
}
