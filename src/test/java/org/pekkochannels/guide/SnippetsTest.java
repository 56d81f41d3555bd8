package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and guide show is code that compiles, and what they link to is there. */
final class SnippetsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]*)\\)");

    @Test
    void compilesEverySnippet(@TempDir Path classes) {
        List<Snippet> snippets =
                MarkdownPage.all().stream().flatMap(Snippet::of).toList();

        assertThat(snippets).hasSizeGreaterThan(20);
        assertThat(Snippet.compile(snippets, classes)).as("errors of javac").isEmpty();
    }

    @Test
    void linksToPagesAndHeadingsThatExist() {
        assertThat(MarkdownPage.all().stream().flatMap(SnippetsTest::brokenLinks))
                .as("broken links")
                .isEmpty();
    }

    private static Stream<String> brokenLinks(MarkdownPage page) {
        List<String> broken = new ArrayList<>();
        for (MarkdownPage.Prose prose : page.prose()) {
            Matcher links = LINK.matcher(prose.text());
            links.results()
                    .map((MatchResult link) -> link.group(1))
                    .filter(target -> !target.contains(":") && !exists(page, target))
                    .forEach(target -> broken.add(page.path() + ":" + prose.line() + ": " + target));
        }
        return broken.stream();
    }

    private static boolean exists(MarkdownPage page, String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page.path() : page.path().resolveSibling(parts[0]);
        return Files.exists(file)
                && (parts.length == 1 || MarkdownPage.read(file).anchors().contains(parts[1]));
    }
}
