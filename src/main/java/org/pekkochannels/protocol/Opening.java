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
     * <p>A middleware that changes an opening uses the {@code with} methods, which keep the rest: a connection that loses its lease would
     * outlive its user's session.
     *
     * @param consumer the behavior to spawn for this connection
     * @param endpoint the section of {@code channels.endpoints} that configures the connection, or empty
     * @param lease bounds the life of the connection, or empty
     */
    record Proceed(Behavior<Inbound> consumer, Optional<String> endpoint, Optional<Lease> lease) implements Opening {
        /**
         * Rejects null.
         *
         * @param consumer the behavior to spawn for this connection
         * @param endpoint the section that configures the connection, or empty
         * @param lease bounds the life of the connection, or empty
         */
        public Proceed {
            requireNonNull(consumer, "the behavior of Opening.Proceed must not be null; refuse the connection instead");
            requireNonNull(endpoint, "the endpoint of Opening.Proceed must not be null; use Optional.empty()");
            requireNonNull(lease, "the lease of Opening.Proceed must not be null; use Optional.empty()");
        }

        /**
         * A consumer whose connection uses the common settings.
         *
         * @param consumer the behavior to spawn for this connection
         */
        public Proceed(Behavior<Inbound> consumer) {
            this(consumer, Optional.empty());
        }

        /**
         * A consumer without a lease.
         *
         * @param consumer the behavior to spawn for this connection
         * @param endpoint the section that configures the connection, or empty
         */
        public Proceed(Behavior<Inbound> consumer, Optional<String> endpoint) {
            this(consumer, endpoint, Optional.empty());
        }

        /**
         * The same with another consumer, such as one that wraps it.
         *
         * @param other the behavior to spawn for this connection
         * @return the opening
         */
        public Proceed withConsumer(Behavior<Inbound> other) {
            return new Proceed(other, endpoint, lease);
        }

        /**
         * The same with another endpoint.
         *
         * @param name the section of {@code channels.endpoints} that configures the connection
         * @return the opening
         */
        public Proceed withEndpoint(String name) {
            return new Proceed(consumer, Optional.of(name), lease);
        }

        /**
         * The same with a lease; for middleware, {@link Lease#open} does it.
         *
         * @param added bounds the life of the connection
         * @return the opening; fails with {@link IllegalStateException} if it has a lease
         */
        public Proceed withLease(Lease added) {
            if (lease.isPresent()) {
                throw new IllegalStateException(
                        "the connection has a lease already: two middlewares, one inside the other, know"
                                + " its user; remove one of them");
            }
            return new Proceed(consumer, endpoint, Optional.of(added));
        }
    }
}
