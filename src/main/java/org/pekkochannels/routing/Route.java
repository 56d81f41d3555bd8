package org.pekkochannels.routing;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Scope;

/**
 * A path pattern and what it leads to.
 *
 * <p>A pattern is text with parameters in braces, {@code {name}} or {@code {name:converter}}, several to a segment if need
 * be. The converters, and what {@link Scope#pathParameter(String, Class)} gives:
 *
 * <table>
 *   <caption>Converters</caption>
 *   <tr><th>converter</th><th>matches</th><th>value</th></tr>
 *   <tr><td>{@code str}, or none</td><td>one or more characters, no slash</td><td>{@code String}</td></tr>
 *   <tr><td>{@code int}</td><td>digits, up to 2147483647</td><td>{@code Integer}</td></tr>
 *   <tr><td>{@code long}</td><td>digits, up to 9223372036854775807</td><td>{@code Long}</td></tr>
 *   <tr><td>{@code slug}</td><td>one or more of {@code [A-Za-z0-9_-]}</td><td>{@code String}</td></tr>
 *   <tr><td>{@code uuid}</td><td>32 hexadecimal digits in groups of 8-4-4-4-12</td><td>{@code java.util.UUID}</td></tr>
 *   <tr><td>{@code path}</td><td>one or more characters, slashes too</td><td>{@code String}</td></tr>
 * </table>
 *
 * <p>Where a path can be read in several ways, the first parameter takes as much as it can, then the second. Matching
 * takes time proportional to the path's length whatever the pattern. Slashes at the beginning of a pattern are ignored,
 * as those of a path are. Immutable and thread-safe.
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
     * A route for paths that match to their end; a slash there counts.
     *
     * @param pattern the pattern, for example {@code ws/chat/{room}/}; an empty one matches the root
     * @param application what it leads to
     * @return the route; fails with {@link IllegalArgumentException} naming pattern and position when the pattern is bad
     */
    public static Route path(String pattern, Application application) {
        check(pattern, application);
        return new Route(Pattern.whole(pattern), Map.of(), application);
    }

    /**
     * A route for paths that begin so; what follows is the application's to match.
     *
     * <p>If the application is a {@link Router} without a route for the rest, this route does not match either. Any other
     * application takes every rest: put a middleware not around an inner router but {@link Router#through through} it.
     *
     * @param pattern the pattern, empty or with a slash at its end, for example {@code api/{version:int}/}
     * @param application what it leads to, often a {@link Router}
     * @return the route; fails with {@link IllegalArgumentException} naming pattern and position when the pattern is bad
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
     * The same route with a parameter that does not come from the path; one in the path of that name goes before it.
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

    /** Of two routes of the same shape the second is never reached, unless the first is a router that may have none. */
    Optional<String> shape() {
        return application instanceof Router ? Optional.empty() : Optional.of(pattern.shape());
    }

    Pattern pattern() {
        return pattern;
    }

    Route through(UnaryOperator<Application> middleware) {
        Application behind = application instanceof Router router
                ? router.through(middleware)
                : requireNonNull(
                        middleware.apply(application),
                        () -> "a middleware returned null for the route '" + pattern + "'; return an application");
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
