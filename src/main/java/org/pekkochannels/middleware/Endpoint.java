package org.pekkochannels.middleware;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/** An application whose connections have custom settings: a section of {@code channels.endpoints}. Thread-safe. */
public final class Endpoint implements Application {
    private final String name;
    private final Application application;

    private Endpoint(String name, Application application) {
        this.name = name;
        this.application = application;
    }

    /**
     * An application whose connections use the settings of a named endpoint. If it is passed to {@code Channels.application(..)} itself, a
     * missing section fails the start; within another application, each handshake is answered 500. For the routes of a router, wrap each
     * application: {@code router.through(application -> Endpoint.named("feed", application))}.
     *
     * @param name the section's name, as in {@code channels.endpoints.feed { slow-reader = drop-oldest }}
     * @param application answers the connections
     * @return the application to serve
     */
    public static Endpoint named(String name, Application application) {
        requireNonNull(name, "the name of an endpoint must not be null; it is a section of channels.endpoints");
        requireNonNull(application, () -> "the application of the endpoint '" + name + "' must not be null");
        return new Endpoint(name, application);
    }

    /**
     * The section's name.
     *
     * @return the name, unchanged
     */
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Opening> open(Scope scope) {
        return requireNonNull(
                        application.open(scope),
                        () -> application.getClass().getName()
                                + " returned null; an application or a middleware must return a stage of an Opening")
                .thenApply(opening -> named(name, opening));
    }

    private static Opening named(String name, Opening opening) {
        // Null stays null; the edge answers it with 500.
        return opening instanceof Opening.Proceed proceed ? proceed.withEndpoint(name) : opening;
    }
}
