package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;

/** An application's decision on a scope: a consumer or a refusal. Immutable. */
public sealed interface Opening permits Refusal, Opening.Proceed {

    /**
     * Continue with this consumer, which accepts or refuses the connection.
     *
     * <p>If the actor stops or fails before it has decided, the client receives 500; afterwards its connection is closed with 1011. The
     * actor must stop when it receives {@link Inbound.Closed}. An actor that is still running after twice
     * {@code channels.consumer.disconnect-timeout} plus one second is stopped and no longer counts as a connection. The constructor fails
     * with {@link NullPointerException} if an argument is null.
     *
     * @param consumer the behavior to spawn for this connection
     * @param endpoint the section of {@code channels.endpoints} that configures the connection, or empty
     */
    record Proceed(Behavior<Inbound> consumer, Optional<String> endpoint) implements Opening {
        /**
         * Rejects null.
         *
         * @param consumer the behavior to spawn for this connection
         * @param endpoint the section that configures the connection, or empty
         */
        public Proceed {
            requireNonNull(consumer, "the behavior of Opening.Proceed must not be null; refuse the connection instead");
            requireNonNull(endpoint, "the endpoint of Opening.Proceed must not be null; use Optional.empty()");
        }

        /**
         * A consumer whose connection uses the common settings.
         *
         * @param consumer the behavior to spawn for this connection
         */
        public Proceed(Behavior<Inbound> consumer) {
            this(consumer, Optional.empty());
        }
    }
}
