package org.pekkochannels.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pairs of random patterns: what is reported of them holds for all short paths. */
final class ReachableTest {
    private static final List<String> PIECES =
            List.of("a", "1", "-", "/", "{:str}", "{:int}", "{:long}", "{:slug}", "{:path}", "a1", "/a/");
    private static final String ALPHABET = "a1-/.";
    private static final int LONGEST = 5;
    private static final int PAIRS = 1500;

    private final Random random = new Random(7);
    private final List<String> paths = Stream.iterate(List.of(""), ReachableTest::longer)
            .limit(LONGEST + 1L)
            .flatMap(List::stream)
            .filter(path -> !path.startsWith("/"))
            .toList();

    private static List<String> longer(List<String> shorter) {
        return shorter.stream()
                .flatMap(path -> ALPHABET.chars().mapToObj(c -> path + (char) c))
                .toList();
    }

    private Optional<Pattern> pattern() {
        String text = IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(number -> PIECES.get(random.nextInt(PIECES.size())).replace("{", "{p" + number))
                .collect(Collectors.joining());
        try {
            return Optional.of(
                    text.endsWith("/") && random.nextInt(3) == 0 ? Pattern.prefix(text) : Pattern.whole(text));
        } catch (IllegalArgumentException refused) {
            return Optional.empty();
        }
    }

    private boolean matchesAllThat(Pattern earlier, Pattern later) {
        return paths.stream()
                .filter(path -> later.match(path).isPresent())
                .allMatch(path -> earlier.match(path).isPresent());
    }

    /** A pattern of so few pieces distinguishes no longer paths, except numbers by their size. */
    @Test
    void coversThePatternsOfWhichItMatchesAllShortPaths() {
        int covered = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            Optional<Pattern> earlier = pattern();
            Optional<Pattern> later = pattern();
            if (earlier.isPresent() && later.isPresent() && isShort(later.get())) {
                boolean covers = Reachable.of(earlier.get()).covers(Reachable.of(later.get()));
                if (covers || !hasNumber(earlier.get())) {
                    assertThat(covers)
                            .as("'%s' before '%s'", earlier.get(), later.get())
                            .isEqualTo(matchesAllThat(earlier.get(), later.get()));
                }
                covered += covers ? 1 : 0;
            }
        }
        assertThat(covered).isGreaterThan(20);
    }

    /** Whether it has paths among the short ones, with room for parameters of several characters. */
    private static boolean isShort(Pattern pattern) {
        return pattern.toString().replaceAll("\\{[^}]*}", "1").length() < LONGEST - 1;
    }

    private static boolean hasNumber(Pattern pattern) {
        return pattern.parts().stream()
                .anyMatch(part -> part instanceof Part.Parameter parameter
                        && (parameter.converter() == Converter.INT || parameter.converter() == Converter.LONG));
    }
}
