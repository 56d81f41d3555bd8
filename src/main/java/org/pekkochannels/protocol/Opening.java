package org.pekkochannels.protocol;

import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;

/** An application's answer to a scope: a consumer to talk to, or a refusal. Immutable. */
public sealed interface Opening permits Refusal, Opening.Proceed {

    /**
     * Talk to this consumer; it will accept or refuse.
     *
     * @param consumer the behavior to spawn for this one connection
     * @param endpoint the name of the section of {@code channels.endpoints} whose keys hold for the connection, if any
     */
    record Proceed(Behavior<Inbound> consumer, Optional<String> endpoint) implements Opening {
        /**
         * A consumer for whose connection the common settings hold.
         *
         * @param consumer the behavior to spawn for this one connection
         */
        public Proceed(Behavior<Inbound> consumer) {
            this(consumer, Optional.empty());
        }
    }
}
