package org.pekkochannels.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pekkochannels.protocol.Scope;

/**
 * A path pattern, taken apart.
 *
 * <p>No regular expression: two parameters of one segment would cost quadratic time and more of them worse, on paths that
 * a stranger sends. Instead {@link Reach} works out once, from the end, how far each part can go. Immutable.
 */
final class Pattern {
    private final String text;
    private final List<Part> parts;
    private final boolean prefix;

    private Pattern(String text, boolean prefix) {
        int start = text.length() - Scope.withoutLeadingSlashes(text).length();
        this.text = text;
        this.parts = new PatternParser(text, start).parse();
        this.prefix = prefix;
    }

    /** A pattern for all of a path. */
    static Pattern whole(String text) {
        return new Pattern(text, false);
    }

    /** A pattern for the beginning of a path. */
    static Pattern prefix(String text) {
        if (!text.isEmpty() && !text.endsWith("/")) {
            throw bad(text, text.length(), "a prefix must end with '/', so that it ends where a segment does");
        }
        return new Pattern(text, true);
    }

    static IllegalArgumentException bad(String pattern, int at, String words) {
        return new IllegalArgumentException(
                "route pattern '" + pattern + "' is wrong at position " + at + ": " + words);
    }

    Optional<Match> match(String path) {
        if (!mayMatch(path)) {
            return Optional.empty();
        }
        Reach reach = Reach.of(parts, path, prefix);
        return reach.isPossible() ? converted(path, reach) : Optional.empty();
    }

    /** What it matches: the same of two patterns that differ in nothing but the names of their parameters. */
    String shape() {
        StringBuilder shape = new StringBuilder(prefix ? "prefix " : "path ");
        for (Part part : parts) {
            shape.append(
                    part instanceof Part.Parameter parameter
                            ? "{:" + parameter.converter() + "}"
                            : ((Part.Literal) part).text());
        }
        return shape.toString();
    }

    @Override
    public String toString() {
        return text;
    }

    // Most routes of a router differ in how they begin.
    private boolean mayMatch(String path) {
        return parts.isEmpty() || !(parts.get(0) instanceof Part.Literal literal) || path.startsWith(literal.text());
    }

    private Optional<Match> converted(String path, Reach reach) {
        Map<String, Object> values = new HashMap<>();
        int at = 0;
        for (int i = 0; i < parts.size(); i++) {
            int end = reach.end(i, at);
            if (parts.get(i) instanceof Part.Parameter parameter) {
                Optional<Object> value = parameter.converter().convert(path.substring(at, end));
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                values.put(parameter.name(), value.get());
            }
            at = end;
        }
        return Optional.of(new Match(values, path.substring(at)));
    }
}
