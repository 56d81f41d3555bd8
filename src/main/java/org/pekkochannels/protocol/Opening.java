package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;

/** An application's answer to a scope: a consumer to talk to, or a refusal. Immutable. */
public sealed interface Opening permits Refusal, Opening.Proceed {

    /**
     * Talk to this consumer; it will accept or refuse.
     *
     * <p>An actor that stops or fails before it has accepted or refused is answered 500; later its connection is closed
     * with 1011. It must stop when it receives {@link Inbound.Closed}: one that has not stopped within twice {@code
     * channels.consumer.disconnect-timeout} and a second is stopped, and no longer counts as a connection. The constructor fails with {@link NullPointerException} for null.
     *
     * @param consumer the behavior to spawn for this one connection
     * @param endpoint the name of the section of {@code channels.endpoints} whose keys hold for the connection, if any
     */
    record Proceed(Behavior<Inbound> consumer, Optional<String> endpoint) implements Opening {
        /**
         * Rejects null.
         *
         * @param consumer the behavior to spawn for this one connection
         * @param endpoint the name of the section whose keys hold for the connection, if any
         */
        public Proceed {
            requireNonNull(consumer, "the behavior of Opening.Proceed must not be null; refuse the connection instead");
            requireNonNull(endpoint, "the endpoint of Opening.Proceed must not be null; use Optional.empty()");
        }

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
