package org.pekkochannels.concurrent;

import java.util.Optional;

/** The class that contains a lambda or a method reference, for messages: the lambda's own class means nothing to a reader. */
public final class LambdaOwner {
    // The name of a lambda's class is that of the class that contains it, and this.
    private static final String LAMBDA = "$$Lambda";

    private LambdaOwner() {}

    /** The name of the class that contains a function; empty if the function is an object of a named or anonymous class. */
    public static Optional<String> of(Object function) {
        String type = function.getClass().getName();
        int lambda = type.indexOf(LAMBDA);
        return lambda < 0 ? Optional.empty() : Optional.of(type.substring(0, lambda));
    }
}
