package org.pekkochannels;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.LambdaOwner;
import org.pekkochannels.middleware.Endpoint;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.routing.Route;
import org.pekkochannels.routing.Router;

/** An application's endpoints in their order, each with the middleware around it. Confined to the thread that builds the application. */
final class RouteTable {
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> endpoints = new ArrayList<>();

    // Endpoint.named may occur anywhere inside an application.
    private boolean mayNameOthers;

    /** A route, and the middleware around it, the outermost first. */
    private record Entry(Route route, List<Around> around) {}

    /** The middleware of one call of {@code through(..)}; compared by identity, because two calls may have the same function. */
    static final class Around {
        private final Function<ActorSystem<?>, UnaryOperator<Application>> function;
        private final String owner;

        Around(Function<ActorSystem<?>, UnaryOperator<Application>> function) {
            this.function = function;
            this.owner =
                    LambdaOwner.of(function).orElseGet(() -> function.getClass().getName());
        }

        /** Calls the function, which is the application's code. */
        private UnaryOperator<Application> make(ActorSystem<?> system) {
            UnaryOperator<Application> middleware = named(() -> function.apply(system));
            return new Named(
                    requireNonNull(
                            middleware,
                            () -> "the function of through(..) in " + owner
                                    + " returned null; return a middleware, such as application -> application"),
                    this);
        }

        private <T> T named(java.util.function.Supplier<T> code) {
            try {
                return code.get();
            } catch (Throwable failure) {
                FatalErrors.rethrow(failure);
                throw new IllegalStateException(
                        "the middleware of through(..) in " + owner + " failed at the start", failure);
            }
        }
    }

    /** A middleware with a name for messages. */
    private record Named(UnaryOperator<Application> middleware, Around around) implements UnaryOperator<Application> {
        @Override
        public Application apply(Application application) {
            return around.named(() -> middleware.apply(application));
        }

        @Override
        public String toString() {
            return "middleware of " + around.owner;
        }
    }

    void add(String pattern, Application application, List<Around> around) {
        List<Route> all = new ArrayList<>(entries.stream().map(Entry::route).toList());
        Route route = route(pattern, application);
        all.add(route);
        // Fails here, at the call that adds the second of two equal patterns.
        Router unused = Router.of(all);
        entries.add(new Entry(route, around));
        if (application instanceof Endpoint endpoint) {
            endpoints.add(endpoint.name());
        }
    }

    /** Notes that an application or a middleware may contain endpoints with any settings. */
    void mayNameOthers() {
        mayNameOthers = true;
    }

    private static Route route(String pattern, Application application) {
        return application instanceof Router ? Route.prefix(pattern, application) : Route.path(pattern, application);
    }

    int size() {
        return entries.size();
    }

    /** The names of the sections of {@code channels.endpoints} that are known to be used. */
    List<String> endpoints() {
        return endpoints;
    }

    boolean knowsAllEndpoints() {
        return !mayNameOthers;
    }

    /** Calls each function of {@code through(..)} once, and puts the routes behind what they return. */
    Router router(ActorSystem<?> system) {
        Map<Around, UnaryOperator<Application>> made = new HashMap<>();
        entries.forEach(entry ->
                entry.around().forEach(around -> made.computeIfAbsent(around, any -> any.make(system))));
        return Router.of(entries.stream().map(entry -> behind(entry, made)).toList());
    }

    private static Route behind(Entry entry, Map<Around, UnaryOperator<Application>> made) {
        Route route = entry.route();
        for (int i = entry.around().size() - 1; i >= 0; i--) {
            route = route.through(requireNonNull(made.get(entry.around().get(i))));
        }
        return route;
    }
}
