package org.pekkochannels.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The paths that a route matches, to find routes that are never reached.
 *
 * <p>The paths of one route are all among those of another if no path is matched by the first alone. A pattern is read as a finite
 * automaton, whose states are the numbers of steps that are done. The search follows both automata along all paths of the first. Immutable.
 *
 * @param text the pattern, for messages
 * @param steps the characters in their order
 * @param open whether any text may follow
 * @param exact whether it matches all of these paths, not only some
 */
record Reachable(String text, List<Step> steps, boolean open, boolean exact) {
    // More than ordinary patterns need. A search that is given up reports nothing.
    private static final int MOST_STATES = 1_000;

    // Digits of a number that is certain to fit into an int, a long, or unknown.
    private static final int FITS_INT = 1;
    private static final int FITS_LONG = 2;
    private static final int ANY_NUMBER = 3;

    // One of each kind of character that converters distinguish; the last is for all others.
    private static final List<String> KINDS = List.of(
            "0123456789", "abcdef", "ABCDEF", "ghijklmnopqrstuvwxyz", "GHIJKLMNOPQRSTUVWXYZ", "-", "_", "/", "~!+.;");

    /**
     * One character, or one or more.
     *
     * @param literal the character, if there is only one
     * @param converter defines the characters otherwise
     * @param repeats whether there may be more
     */
    record Step(char literal, Converter converter, boolean repeats) {
        private static final Step HYPHEN = new Step('-', Converter.STR, false);
        private static final Step HEX = new Step('\0', Converter.UUID, false);

        static Stream<Step> of(Part part) {
            if (part instanceof Part.Literal literal) {
                return literal.text().chars().mapToObj(c -> new Step((char) c, Converter.STR, false));
            }
            Converter converter = ((Part.Parameter) part).converter();
            return converter == Converter.UUID
                    ? Stream.of(8, 4, 4, 4, 12).flatMap(Step::digits).skip(1)
                    : Stream.of(new Step('\0', converter, true));
        }

        private static Stream<Step> digits(int count) {
            return Stream.concat(Stream.of(HYPHEN), Stream.generate(() -> HEX).limit(count));
        }

        boolean accepts(char c) {
            if (literal != '\0') {
                return c == literal;
            }
            return converter.accepts(c) && !(converter == Converter.UUID && c == '-');
        }

        /** What is known of the number that its digits belong to. */
        int number() {
            if (literal != '\0' || converter == Converter.INT) {
                return FITS_INT;
            }
            return converter == Converter.LONG ? FITS_LONG : ANY_NUMBER;
        }

        /** Whether it accepts the character as part of such a number. */
        boolean accepts(char c, int number) {
            return accepts(c) && (literal != '\0' || number <= number());
        }
    }

    /** A state of both automata: that of the route that may be unreachable, and those of the earlier one. */
    private record State(int here, BitSet earlier) {}

    static Reachable of(Pattern pattern) {
        return new Reachable(pattern.toString(), steps(pattern), pattern.isPrefix(), true);
    }

    private static List<Step> steps(Pattern pattern) {
        return pattern.parts().stream().flatMap(Step::of).toList();
    }

    /** The same behind a prefix. A parameter with slashes in the prefix takes as much as it can, whatever follows. */
    Reachable behind(Pattern prefix) {
        List<Step> all = new ArrayList<>(steps(prefix));
        boolean slashes = all.stream().anyMatch(step -> step.converter() == Converter.PATH);
        all.addAll(steps);
        return new Reachable(prefix + text, all, open, exact && !slashes);
    }

    /** Whether it matches all paths of the other. */
    boolean covers(Reachable other) {
        if (!exact || beginsUnlike(other)) {
            return false;
        }
        List<Character> alphabet = alphabet(other);
        Set<State> seen = new HashSet<>();
        Deque<State> next = new ArrayDeque<>(List.of(new State(0, start())));
        while (!next.isEmpty() && seen.size() < MOST_STATES) {
            State state = next.pop();
            if (state.earlier().isEmpty() || (other.ends(state.here()) && !ends(state.earlier()))) {
                return false;
            }
            if (seen.add(state)) {
                alphabet.forEach(c -> other.follow(state, c, this, next));
            }
        }
        return next.isEmpty();
    }

    /** A fast check: most routes of an application differ in their first characters. */
    private boolean beginsUnlike(Reachable other) {
        int both = Math.min(steps.size(), other.steps.size());
        for (int i = 0; i < both; i++) {
            char mine = steps.get(i).literal();
            char others = other.steps.get(i).literal();
            if (mine == '\0' || others == '\0') {
                return false;
            } else if (mine != others) {
                return true;
            }
        }
        return false;
    }

    private static BitSet start() {
        BitSet start = new BitSet();
        start.set(0);
        return start;
    }

    private boolean ends(int state) {
        return state == steps.size();
    }

    private boolean ends(BitSet states) {
        return states.get(steps.size());
    }

    /** Adds the states that one more character leads to. */
    private void follow(State state, char c, Reachable earlier, Deque<State> next) {
        int here = state.here();
        if (!ends(here) && steps.get(here).accepts(c)) {
            next.push(new State(
                    here + 1, earlier.after(state.earlier(), c, steps.get(here).number())));
        }
        if (here > 0 && steps.get(here - 1).repeats() && steps.get(here - 1).accepts(c)) {
            next.push(new State(
                    here, earlier.after(state.earlier(), c, steps.get(here - 1).number())));
        }
        if (ends(here) && open) {
            next.push(new State(here, earlier.after(state.earlier(), c, ANY_NUMBER)));
        }
    }

    private BitSet after(BitSet states, char c, int number) {
        BitSet after = new BitSet();
        states.stream().forEach(state -> {
            if (!ends(state) && steps.get(state).accepts(c, number)) {
                after.set(state + 1);
            }
            if (state > 0
                    && steps.get(state - 1).repeats()
                    && steps.get(state - 1).accepts(c, number)) {
                after.set(state);
            }
            if (ends(state) && open) {
                after.set(state);
            }
        });
        return after;
    }

    /** The characters of both patterns, and one of each other kind. */
    private List<Character> alphabet(Reachable other) {
        Set<Character> characters = new HashSet<>();
        Stream.concat(steps.stream(), other.steps.stream())
                .filter(step -> step.literal() != '\0')
                .forEach(step -> characters.add(step.literal()));
        Set<Character> literals = Set.copyOf(characters);
        KINDS.forEach(kind -> kind.chars()
                .mapToObj(c -> (char) c)
                .filter(c -> !literals.contains(c))
                .findFirst()
                .ifPresent(characters::add));
        return List.copyOf(characters);
    }

    /** The pattern. */
    @Override
    public String toString() {
        return text;
    }
}
