package org.pekkochannels.protocol;

import org.apache.pekko.actor.typed.Behavior;

/** An application's answer to a scope: a consumer to talk to, or a refusal. Immutable. */
public sealed interface Opening permits Refusal, Opening.Proceed {

    /**
     * Talk to this consumer; it will accept or refuse.
     *
     * @param consumer the behavior to spawn for this one connection
     */
    record Proceed(Behavior<Inbound> consumer) implements Opening {}
}
