package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the guide shows of {@code src/starter} is what is there, and what {@code StarterTest} builds. */
final class StarterPagesTest {
    private static final Path STARTER = Path.of("src/starter");
    private static final Path SOURCES = STARTER.resolve("src/main/java/com/example/notes");

    @Test
    void showsTheWholePom() throws IOException {
        assertThat(blocks("packaging.md", "xml"))
                .as("the xml of packaging.md; after a change copy src/starter/pom.xml there")
                .containsExactly(Files.readString(STARTER.resolve("pom.xml")));
    }

    @Test
    void showsTheSourcesWithoutTheirImports() {
        assertThat(blocks("starter.md", "java"))
                .as("the java of starter.md; after a change of the starter copy the source there")
                .containsExactly(
                        source("NotesConsumer"),
                        source("Notes"),
                        source("Note"),
                        source("Change"),
                        source("NotesServer"));
    }

    @Test
    void showsTheProfileThatRestartsOnSave() throws IOException {
        String pom = Files.readString(STARTER.resolve("pom.xml"));

        assertThat(blocks("development-loop.md", "xml"))
                .as("the xml of development-loop.md; after a change of the starter's profile copy it there")
                .containsExactly(pom.substring(pom.indexOf("    <profiles>"), pom.indexOf("</project>"))
                        .replaceAll("(?m)^ {4}", ""));
    }

    private static List<String> blocks(String page, String language) {
        return MarkdownPage.read(MarkdownPage.GUIDE.resolve(page)).blocks(language).stream()
                .map(MarkdownPage.Block::code)
                .toList();
    }

    private static String source(String type) {
        try {
            return Files.readString(SOURCES.resolve(type + ".java"))
                    .replaceAll("(?m)^(package|import) .*\n", "")
                    .stripLeading();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
