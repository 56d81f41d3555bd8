package org.pekkochannels.middleware;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;

/** Gives an application's connections settings of their own: a section of {@code channels.endpoints}. Thread-safe. */
public final class Endpoint {
    private Endpoint() {}

    /**
     * An application whose connections keep the bounds of a named endpoint.
     *
     * @param name the section's name, as in {@code channels.endpoints.feed { slow-reader = drop-oldest }}
     * @param application answers the connections
     * @return the application to be served
     */
    public static Application named(String name, Application application) {
        requireNonNull(name, "the name of an endpoint must not be null; it is a section of channels.endpoints");
        requireNonNull(application, () -> "the application of the endpoint '" + name + "' must not be null");
        return scope -> application.open(scope).thenApply(opening -> named(name, opening));
    }

    private static Opening named(String name, Opening opening) {
        // Null stays null, and is answered 500.
        return opening instanceof Opening.Proceed proceed
                ? new Opening.Proceed(proceed.consumer(), Optional.of(name))
                : opening;
    }
}
