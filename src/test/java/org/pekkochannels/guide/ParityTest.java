package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that compares our tests with those of Django Channels. */
final class ParityTest {
    private static final Path PAGE = Path.of("src/site/markdown/parity.md");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (.+)$");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (?!test of|behaviour of)([^|]+) \\| ([^|]+) \\| ?([^|]*?) ?\\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final String NONE = "not covered";

    /** How many cases Channels has in each of the sections' files; the last are observations. */
    private static final Map<String, Integer> CASES = Map.of(
            "Consumers", 15,
            "Pages and sessions", 11,
            "Channel layers", 20,
            "Routing", 8,
            "Security and logins", 8,
            "Test kit and sample project", 8,
            "What no test of Channels covers", 20);

    private static List<MatchResult> rows(String text) {
        return ROW.matcher(text).results().toList();
    }

    @Test
    void hasEachCaseOfChannelsOnce() throws IOException {
        String page = Files.readString(PAGE);
        List<MatchResult> sections = SECTION.matcher(page).results().toList();
        assertThat(sections.stream().map(section -> section.group(1)))
                .containsExactlyInAnyOrderElementsOf(CASES.keySet());
        for (int i = 0; i < sections.size(); i++) {
            int end = i + 1 < sections.size() ? sections.get(i + 1).start() : page.length();
            List<String> cases = rows(page.substring(sections.get(i).end(), end)).stream()
                    .map(row -> row.group(1))
                    .toList();

            assertThat(cases)
                    .as(sections.get(i).group(1))
                    .doesNotHaveDuplicates()
                    .hasSize(CASES.getOrDefault(sections.get(i).group(1), 0));
        }
    }

    @Test
    void namesTestsThatExist() throws IOException {
        Map<String, String> sources = sources();
        for (MatchResult row : rows(Files.readString(PAGE))) {
            Matcher test = TEST.matcher(row.group(2));
            if (row.group(2).equals(NONE)) {
                assertThat(row.group(3))
                        .as("why %s is not covered", row.group(1))
                        .isNotEmpty();
            } else {
                assertThat(test.matches()).as(row.group(2)).isTrue();
                assertThat(sources.getOrDefault(test.group(1), ""))
                        .as("the source of %s, which has %s", test.group(1), test.group(2))
                        .containsPattern("\\b" + test.group(2) + "\\(");
            }
        }
    }

    /** Of tests, and of the cases in the test kit. */
    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> tests = Files.walk(Path.of("src/test/java"));
                Stream<Path> kit = Files.walk(Path.of("src/main/java/org/pekkochannels/testkit"))) {
            return Stream.concat(tests, kit)
                    .filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(ParityTest::className, ParityTest::text, String::concat));
        }
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
