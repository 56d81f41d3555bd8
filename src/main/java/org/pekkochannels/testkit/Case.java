package org.pekkochannels.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;

/** A case of the contract, with a parameter {@link LayerNodes}; runs once for each choice of nodes. */
@TestTemplate
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Case {
    /** So few that a case can fill a channel. */
    int FEW = 3;

    /** So many that no channel is full. */
    int MANY = 100_000;

    /** How many events wait in a channel. */
    int capacity() default FEW;

    /** Whether events expire, after {@link ChannelLayerContract#expiry}. */
    boolean expires() default false;

    /** Whether the sender and the receiver must be on different nodes. */
    boolean remote() default false;

    /** Whether the case has no sender and no receiver, and runs once for each number of nodes. */
    boolean once() default false;
}
