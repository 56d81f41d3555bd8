package org.pekkochannels.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pekkochannels.protocol.Scope;

/**
 * A parsed path pattern.
 *
 * <p>It is not compiled to a regular expression: with two parameters in one segment, backtracking takes quadratic time, and worse with
 * more, on paths that clients choose. Instead {@link Reach} computes once, from the end, how far each part can extend. Immutable.
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

    /** A pattern for a whole path. */
    static Pattern whole(String text) {
        return new Pattern(text, false);
    }

    /** A pattern for the beginning of a path. */
    static Pattern prefix(String text) {
        if (!text.isEmpty() && !text.endsWith("/")) {
            throw bad(text, text.length(), "a prefix must end with '/', at the end of a segment");
        }
        return new Pattern(text, true);
    }

    static IllegalArgumentException bad(String pattern, int at, String words) {
        return new IllegalArgumentException(
                "route pattern '" + pattern + "' is invalid at position " + at + ": " + words);
    }

    Optional<Match> match(String path) {
        if (!mayMatch(path)) {
            return Optional.empty();
        }
        Reach reach = Reach.of(parts, path, prefix);
        return reach.isPossible() ? converted(path, reach) : Optional.empty();
    }

    /** Describes what it matches: patterns that differ only in the names of their parameters have the same shape. */
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

    List<Part> parts() {
        return parts;
    }

    /** Whether it is for the beginning of a path only. */
    boolean isPrefix() {
        return prefix;
    }

    @Override
    public String toString() {
        return text;
    }

    // A fast check: most routes of a router differ in their first characters.
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
