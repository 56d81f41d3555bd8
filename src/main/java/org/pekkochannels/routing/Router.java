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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * An application that consists of routes: the first route whose pattern matches the path answers.
 *
 * <p>Leading slashes of the path are ignored; a trailing slash is significant. A path without a route is refused with status 404. Immutable
 * and thread-safe.
 */
public final class Router implements Application {
    private static final Refusal NOT_FOUND =
            Refusal.of(404, "No WebSocket route matches this path").because(Refusal.Reason.NO_ROUTE);

    private final List<Route> routes;

    private Router(List<Route> routes) {
        this.routes = routes;
    }

    /**
     * A router that tries its routes in the given order.
     *
     * @param routes the routes
     * @return the router
     */
    public static Router of(Route... routes) {
        return of(Arrays.asList(routes));
    }

    /**
     * A router that tries its routes in the given order.
     *
     * @param routes the routes
     * @return the router; fails with {@link IllegalArgumentException} naming both patterns if an earlier route matches the same paths, so
     *     that a route would never be reached
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
     * A router with the same routes, each behind a middleware.
     *
     * <p>With a middleware around the router, an outer router could no longer see whether a route matches. With this method it can, and
     * continues with its own next route.
     *
     * @param middleware wraps an application; called now, once per route
     * @return the router
     */
    public Router through(UnaryOperator<Application> middleware) {
        requireNonNull(middleware, "the middleware of a router must not be null; leave the call out");
        return of(routes.stream().map(route -> route.through(middleware)).toList());
    }

    /**
     * The routes that are never reached, because an earlier one matches all their paths. Routes of inner routers are included. Paths with
     * doubled slashes are left out of account.
     *
     * @return a description of each, for a log; empty if each route can be reached
     */
    public List<String> unreachable() {
        List<Reachable> all = reachable().toList();
        return IntStream.range(1, all.size())
                .mapToObj(index -> all.subList(0, index).stream()
                        .filter(earlier -> earlier.covers(all.get(index)))
                        .findFirst()
                        .map(earlier -> "the route '" + all.get(index) + "' is never reached: '" + earlier
                                + "' comes before it and matches all its paths; add it first, or change a pattern"))
                .flatMap(Optional::stream)
                .toList();
    }

    Stream<Reachable> reachable() {
        return routes.stream().flatMap(Route::reachable);
    }

    /**
     * Whether a route matches, so that {@link #open} would not refuse with 404.
     *
     * @param path the decoded path, without the query
     * @return whether a route matches
     */
    public boolean handles(String path) {
        return find(path).isPresent();
    }

    /**
     * Delegates to the application of the first route that matches the remaining path.
     *
     * @param scope what is known about the connection
     * @return that application's answer, given the scope with the route's parameters; otherwise a refusal with status 404
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
