package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Something that must work for {@code /ready} to answer 200. Immutable.
 *
 * @param name what {@code /ready}, the log and the metric call it
 * @param look begins a look, on the actor system's default dispatcher; its stage completes if all is well, and fails if not
 */
public record ReadyCheck(String name, Supplier<? extends CompletionStage<?>> look) {
    /**
     * Checks the arguments.
     *
     * @param name what it is called
     * @param look begins a look
     */
    public ReadyCheck {
        requireNonNull(name, "the name of a check of /ready must not be null");
        requireNonNull(look, () -> "the check '" + name + "' of /ready must not be null");
    }
}
