package org.pekkochannels.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of Markdown: its blocks of code, and its prose. Immutable. */
public record MarkdownPage(Path path, List<String> lines) {
    /** Where the guide is. */
    public static final Path GUIDE = Path.of("src/site/markdown");

    private static final String FENCE = "```";
    private static final Pattern ITEM = Pattern.compile("([-*]|\\d+\\.) .*");

    /** Copies the lines. */
    public MarkdownPage {
        lines = List.copyOf(lines);
    }

    /** A fenced block of code, without its fences; {@code line} is the number of its first line. */
    public record Block(int line, String language, String code) {}

    /** A paragraph, an item of a list, a heading or a cell of a table as one line; {@code line} is the number of its first one. */
    public record Prose(int line, String text) {}

    /** Reads one page. */
    public static MarkdownPage read(Path path) {
        try {
            return new MarkdownPage(path, Files.readAllLines(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The guide's pages, in the order of their names. */
    public static List<MarkdownPage> guide() {
        try (Stream<Path> files = Files.list(GUIDE)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .map(MarkdownPage::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** README, then the guide's pages. */
    public static List<MarkdownPage> all() {
        return Stream.concat(Stream.of(read(Path.of("README.md"))), guide().stream())
                .toList();
    }

    /** The name of the file. */
    public String name() {
        return path.getFileName().toString();
    }

    /** The blocks of code in a language. */
    public List<Block> blocks(String language) {
        return blocks().stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(FENCE)) {
                if (start >= 0) {
                    String language = lines.get(start).substring(FENCE.length()).strip();
                    String code = String.join("\n", lines.subList(start + 1, i)) + "\n";
                    blocks.add(new Block(start + 2, language, code));
                }
                start = start < 0 ? i : -1;
            }
        }
        return blocks;
    }

    /** All but the code: neither fenced nor indented by four blanks. */
    public List<Prose> prose() {
        ProseReader reader = new ProseReader();
        for (int i = 0; i < lines.size(); i++) {
            reader.line(i + 1, lines.get(i));
        }
        reader.end();
        return reader.found;
    }

    /** What links within the page lead to, as forges name it: {@code write-a-consumer}. */
    public List<String> anchors() {
        return prose().stream()
                .map(Prose::text)
                .filter(text -> text.startsWith("#"))
                .map(MarkdownPage::anchor)
                .toList();
    }

    private static String anchor(String heading) {
        return heading.replaceFirst("^#+", "")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static final class ProseReader {
        private final List<Prose> found = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private int start;
        private boolean fenced;

        void line(int number, String line) {
            if (line.startsWith(FENCE)) {
                fenced = !fenced;
                end();
            } else if (!fenced) {
                unfenced(number, line);
            }
        }

        private void unfenced(int number, String line) {
            String stripped = line.strip();
            if (stripped.isEmpty() || (line.startsWith("    ") && text.isEmpty())) {
                end();
            } else if (stripped.startsWith("|")) {
                end();
                Stream.of(stripped.split("(?<!\\\\)\\|")).map(String::strip).forEach(cell -> add(number, cell));
            } else if (stripped.startsWith("#")) {
                end();
                add(number, stripped);
            } else {
                if (ITEM.matcher(stripped).matches()) {
                    end();
                }
                start = text.isEmpty() ? number : start;
                text.append(text.isEmpty() ? "" : " ").append(stripped);
            }
        }

        void end() {
            add(start, text.toString());
            text.setLength(0);
        }

        private void add(int number, String prose) {
            if (!prose.isEmpty() && !prose.matches(":?-+:?")) {
                found.add(new Prose(number, prose));
            }
        }
    }
}
