package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and guide show is code that compiles. */
final class SnippetsTest {
    @Test
    void compilesEverySnippet(@TempDir Path classes) {
        List<Snippet> snippets = pages().flatMap(Snippet::of).toList();

        assertThat(snippets).hasSizeGreaterThan(20);
        assertThat(Snippet.compile(snippets, classes)).as("errors of javac").isEmpty();
    }

    private static Stream<MarkdownPage> pages() {
        return Stream.concat(Stream.of(MarkdownPage.read(Path.of("README.md"))), MarkdownPage.guide().stream());
    }
}
