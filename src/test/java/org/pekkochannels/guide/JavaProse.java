package org.pekkochannels.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The prose of a Java source file: its comments, and the string literals with blanks, which may be messages. Immutable. */
record JavaProse(Path path, String source) {
    /** Where the sources of the library are. */
    static final Path MAIN = Path.of("src/main/java/org/pekkochannels");

    private static final String TEXT_BLOCK = "\"\"\"(?:[^\\\\]|\\\\.)*?\"\"\"";
    private static final String STRING = "\"(?:[^\"\\\\\n]|\\\\.)*\"";
    private static final String CHARACTER = "'(?:[^'\\\\\n]|\\\\.)*'";
    private static final String LINES = "//[^\n]*(?:\n\\s*//[^\n]*)*";
    private static final String BLOCK = "/\\*(?s:.)*?\\*/";

    // A text that is written as several literals is one; so are comments on lines that follow each other.
    private static final Pattern TOKEN = Pattern.compile(
            TEXT_BLOCK + "|" + STRING + "(?:\\s*\\+\\s*" + STRING + ")*|" + CHARACTER + "|" + LINES + "|" + BLOCK);
    private static final Pattern CODE = Pattern.compile(
            "<pre>(?s:.)*?</pre>|\\{@(?:code|link|linkplain|value) (?:[^{}]|\\{[^{}]*})*}|</?[a-z]\\d?[^>]*>");

    static JavaProse read(Path path) {
        try {
            return new JavaProse(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folders with sources of the examples and of the starter. */
    static Stream<Path> examples() {
        return Stream.of("src/example/java", "src/starter/src").map(Path::of).flatMap(JavaProse::folders);
    }

    private static Stream<Path> folders(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isDirectory).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The source files of a folder, not of those below it. */
    static Stream<JavaProse> of(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(JavaProse::read)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<MarkdownPage.Prose> prose() {
        return TOKEN.matcher(source)
                .results()
                .filter(token -> token.group().contains(" ") && !token.group().startsWith("'"))
                .map(token -> new MarkdownPage.Prose(line(token), words(token.group())))
                .toList();
    }

    private int line(MatchResult token) {
        return 1
                + (int) source.substring(0, token.start())
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    private static String words(String token) {
        return token.startsWith("\"")
                ? token.replaceAll("\"\\s*\\+\\s*\"", "").replace("\"", "")
                : CODE.matcher(token.replaceAll("\n\\s*(?://|\\*)", "\n"))
                        .replaceAll(" CODE ")
                        .replaceAll("\\s+", " ");
    }
}
