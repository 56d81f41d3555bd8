package org.pekkochannels.routing;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * An application made of others: the first route whose pattern matches the path answers.
 *
 * <p>All slashes at the beginning of the path are ignored, one at its end is not. A path without a route is refused with
 * status 404. Immutable and thread-safe.
 */
public final class Router implements Application {
    private static final Refusal NOT_FOUND =
            Refusal.of(404, "No WebSocket route matches this path").because(Refusal.Reason.NO_ROUTE);

    private final List<Route> routes;

    private Router(List<Route> routes) {
        this.routes = routes;
    }

    /**
     * A router that tries its routes in this order.
     *
     * @param routes the routes
     * @return the router
     */
    public static Router of(Route... routes) {
        return of(Arrays.asList(routes));
    }

    /**
     * A router that tries its routes in this order.
     *
     * @param routes the routes
     * @return the router; fails with {@link IllegalArgumentException} naming both patterns where a route matches the same
     *     paths as one before it, so that it would never be reached
     */
    public static Router of(List<Route> routes) {
        routes.forEach(route -> requireNonNull(route, "a route of a router must not be null; leave it out"));
        Map<String, Route> shapes = new HashMap<>();
        routes.forEach(route -> route.shape().ifPresent(shape -> requireFirst(shapes.put(shape, route), route)));
        return new Router(List.copyOf(routes));
    }

    private static void requireFirst(@Nullable Route before, Route route) {
        if (before != null) {
            throw new IllegalArgumentException(
                    "the route '" + route.pattern() + "' is never reached: '" + before.pattern()
                            + "' comes before it and matches the same paths; remove one of them, or change a pattern");
        }
    }

    /**
     * The same routes, each to its application behind a middleware.
     *
     * <p>Unlike a middleware around the router, this lets an outer router still see whether a route matches, and go on to
     * its own next one if none does.
     *
     * @param middleware wraps an application; called now, once for each
     * @return the router
     */
    public Router through(UnaryOperator<Application> middleware) {
        requireNonNull(middleware, "the middleware of a router must not be null; leave the call out");
        return of(routes.stream().map(route -> route.through(middleware)).toList());
    }

    /**
     * Whether a route matches, so that {@link #open} would not refuse for want of one.
     *
     * @param path the decoded path, without the query
     * @return whether one does
     */
    public boolean handles(String path) {
        return find(path).isPresent();
    }

    /**
     * Asks the application of the first route that matches what no outer router has matched of the path.
     *
     * @param scope what is known about the connection
     * @return that application's answer, to the scope with the route's parameters; else a refusal with status 404
     */
    @Override
    public CompletionStage<Opening> open(Scope scope) {
        return find(scope.remainingPath())
                .map(found -> found.open(scope))
                .orElseGet(() -> CompletableFuture.completedFuture(NOT_FOUND));
    }

    Optional<Found> find(String path) {
        String relative = Scope.withoutLeadingSlashes(path);
        for (Route route : routes) {
            Optional<Found> found = route.find(relative);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
