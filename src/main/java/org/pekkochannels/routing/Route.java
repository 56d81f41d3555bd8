package org.pekkochannels.routing;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Scope;

/**
 * A path pattern and the application it leads to.
 *
 * <p>A pattern is text with parameters in braces, {@code {name}} or {@code {name:converter}}. A segment may have several. These are the
 * converters, and the values that {@link Scope#pathParameter(String, Class)} returns:
 * <table>
 * <caption>Converters</caption>
 * <tr><th>converter</th><th>matches</th><th>value</th></tr>
 * <tr><td>{@code str}, or none</td><td>one or more characters except slashes</td><td>{@code String}</td></tr>
 * <tr><td>{@code int}</td><td>digits, up to 2147483647</td><td>{@code Integer}</td></tr>
 * <tr><td>{@code long}</td><td>digits, up to 9223372036854775807</td><td>{@code Long}</td></tr>
 * <tr><td>{@code slug}</td><td>one or more of {@code [A-Za-z0-9_-]}</td><td>{@code String}</td></tr>
 * <tr><td>{@code uuid}</td><td>32 hexadecimal digits in groups of 8-4-4-4-12</td><td>{@code java.util.UUID}</td></tr>
 * <tr><td>{@code path}</td><td>one or more characters, including slashes</td><td>{@code String}</td></tr>
 * </table>
 *
 *
 * <p>If a path can be read in several ways, the first parameter takes as much as it can, then the second. Matching takes time proportional
 * to the path's length, whatever the pattern. Leading slashes of patterns and paths are ignored. Immutable and thread-safe.
 */
public final class Route {
    private final Pattern pattern;
    private final Map<String, Object> constants;
    private final Application application;

    private Route(Pattern pattern, Map<String, Object> constants, Application application) {
        this.pattern = pattern;
        this.constants = constants;
        this.application = application;
    }

    /**
     * A route for whole paths. A trailing slash is significant.
     *
     * @param pattern the pattern, for example {@code ws/chat/{room}/}; an empty one matches the root
     * @param application the application it leads to
     * @return the route; fails with {@link IllegalArgumentException} naming pattern and position if the pattern is invalid
     */
    public static Route path(String pattern, Application application) {
        check(pattern, application);
        return new Route(Pattern.whole(pattern), Map.of(), application);
    }

    /**
     * A route for paths that begin with a pattern; the application matches the rest.
     *
     * <p>If the application is a {@link Router} without a route for the rest, this route does not match either. Any other application
     * accepts every rest. Do not wrap a middleware around an inner router; pass the middleware to {@link Router#through through}.
     *
     * @param pattern the pattern, empty or with a trailing slash, for example {@code api/{version:int}/}
     * @param application the application it leads to, often a {@link Router}
     * @return the route; fails with {@link IllegalArgumentException} naming pattern and position if the pattern is invalid
     */
    public static Route prefix(String pattern, Application application) {
        check(pattern, application);
        return new Route(Pattern.prefix(pattern), Map.of(), application);
    }

    private static void check(String pattern, Application application) {
        requireNonNull(pattern, "the pattern of a route must not be null; \"\" matches the empty path");
        requireNonNull(application, () -> "the application of the route '" + pattern + "' must not be null");
    }

    /**
     * The same route with an additional parameter that does not come from the path. A parameter of that name in the path takes precedence.
     *
     * @param name the parameter's name
     * @param value its value
     * @return the route
     */
    public Route with(String name, Object value) {
        requireNonNull(name, "the name of a route's parameter must not be null");
        requireNonNull(value, () -> "the parameter '" + name + "' of a route must not be null; leave it out");
        Map<String, Object> more = new HashMap<>(constants);
        more.put(name, value);
        return new Route(pattern, Map.copyOf(more), application);
    }

    /** The pattern. */
    @Override
    public String toString() {
        return "Route[" + pattern + "]";
    }

    /**
     * Identifies what the route matches: of two routes with the same shape the second is never reached. Empty for a router, which may have
     * no route for a path.
     */
    Optional<String> shape() {
        return application instanceof Router ? Optional.empty() : Optional.of(pattern.shape());
    }

    Pattern pattern() {
        return pattern;
    }

    /** What it matches; of a router, one for each route inside. */
    Stream<Reachable> reachable() {
        return application instanceof Router router
                ? router.reachable().map(inner -> inner.behind(pattern))
                : Stream.of(Reachable.of(pattern));
    }

    /**
     * The same route, its application behind a middleware. For a router, each of its routes is.
     *
     * @param middleware wraps an application; called now, once per route
     * @return the route
     */
    public Route through(UnaryOperator<Application> middleware) {
        requireNonNull(middleware, "the middleware of a route must not be null; leave the call out");
        Application behind = application instanceof Router router
                ? router.through(middleware)
                : BehindMiddleware.of(middleware, application, pattern);
        return new Route(pattern, constants, behind);
    }

    Optional<Found> find(String path) {
        return pattern.match(path).flatMap(this::inner).map(found -> found.within(constants));
    }

    private Optional<Found> inner(Match match) {
        if (application instanceof Router router) {
            return router.find(match.rest()).map(found -> found.within(match.parameters()));
        }
        return Optional.of(new Found(application, match.parameters(), Scope.withoutLeadingSlashes(match.rest())));
    }
}
