package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A check that must succeed for {@code /ready} to answer 200. Immutable.
 *
 * @param name the check's name in the answer of {@code /ready}, the log and the metric
 * @param look starts a check, on the actor system's default dispatcher; its stage completes if all is well, and fails otherwise
 */
public record ReadyCheck(String name, Supplier<? extends CompletionStage<?>> look) {
    /**
     * Checks the arguments.
     *
     * @param name the check's name
     * @param look starts a check
     */
    public ReadyCheck {
        requireNonNull(name, "the name of a check of /ready must not be null");
        requireNonNull(look, () -> "the check '" + name + "' of /ready must not be null");
    }
}
