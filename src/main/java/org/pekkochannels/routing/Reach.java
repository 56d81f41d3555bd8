package org.pekkochannels.routing;

import java.util.Arrays;
import java.util.List;

/**
 * How far each part of a pattern can extend in a path such that the parts after it still fit.
 *
 * <p>Computed from the last part to the first and from the path's end to its beginning, so each character is examined once per part.
 * Immutable once built.
 */
final class Reach {
    private static final int NOWHERE = -1;

    // Indexed by part and start: the farthest end, or NOWHERE.
    private final int[][] ends;

    private Reach(int[][] ends) {
        this.ends = ends;
    }

    static Reach of(List<Part> parts, String path, boolean prefix) {
        int[][] ends = new int[parts.size() + 1][];
        ends[parts.size()] = finish(path, prefix);
        for (int i = parts.size() - 1; i >= 0; i--) {
            ends[i] = ends(parts.get(i), path, ends[i + 1]);
        }
        return new Reach(ends);
    }

    boolean isPossible() {
        return ends[0][0] != NOWHERE;
    }

    int end(int part, int start) {
        return ends[part][start];
    }

    // After the last part a prefix may stop anywhere, a whole path only at its end.
    private static int[] finish(String path, boolean prefix) {
        int[] ends = new int[path.length() + 1];
        Arrays.fill(ends, prefix ? 0 : NOWHERE);
        ends[path.length()] = path.length();
        return ends;
    }

    private static int[] ends(Part part, String path, int[] next) {
        int[] ends = new int[path.length() + 1];
        Arrays.fill(ends, NOWHERE);
        if (part instanceof Part.Literal literal) {
            fill(literal.text(), path, next, ends);
        } else if (part instanceof Part.Parameter parameter) {
            fill(parameter.converter(), path, next, ends);
        }
        return ends;
    }

    private static void fill(String literal, String path, int[] next, int[] ends) {
        for (int at = path.indexOf(literal); at >= 0; at = path.indexOf(literal, at + 1)) {
            ends[at] = next[at + literal.length()] == NOWHERE ? NOWHERE : at + literal.length();
        }
    }

    private static void fill(Converter converter, String path, int[] next, int[] ends) {
        int run = 0;
        for (int at = path.length() - 1; at >= 0; at--) {
            run = converter.accepts(path.charAt(at)) ? run + 1 : 0;
            if (converter.width() > 0) {
                ends[at] = fixed(at + converter.width(), run >= converter.width(), next);
            } else if (run > 0) {
                ends[at] = farthest(at, ends, next);
            }
        }
    }

    private static int fixed(int end, boolean fits, int[] next) {
        return fits && next[end] != NOWHERE ? end : NOWHERE;
    }

    // Where the next character can reach, this one can too; otherwise the part may consist of this character alone.
    private static int farthest(int at, int[] ends, int[] next) {
        if (ends[at + 1] != NOWHERE) {
            return ends[at + 1];
        }
        return next[at + 1] != NOWHERE ? at + 1 : NOWHERE;
    }
}
