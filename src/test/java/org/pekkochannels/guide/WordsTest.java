package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Guide and sources are plain technical English: forms that non-native readers stumble over do not occur in them, and in the guide a
 * sentence of more than 25 words is an exception that was reviewed. Of a page the code is not looked at, of a source everything else.
 */
final class WordsTest {
    // Beside the guide's pages.
    private static final List<Path> OTHERS =
            List.of(Path.of("README.md"), Path.of("src/main/resources/reference.conf"));

    // Below the library's root package, "" being that itself.
    private static final List<String> PACKAGES = List.of(
            "",
            "concurrent",
            "consumer",
            "database",
            "database/jdbc",
            "edge",
            "http",
            "http1",
            "layer",
            "metrics",
            "middleware",
            "netty",
            "protocol",
            "proxy",
            "routing",
            "settings",
            "testkit",
            "tls",
            "tracing",
            "websocket",
            "websocket/codec");

    private static final Path LONG_SENTENCES = Path.of("src/test/resources/long-sentences.txt");
    private static final int MOST_WORDS = 25;

    private static final Map<Pattern, String> AVOIDED = Map.ofEntries(
            avoided("who|whoever|somebody|anybody|everybody|nobody", "name the caller, client, application, user"),
            avoided(
                    "tells?|told|telling|hears?|heard|says?|said|saying",
                    "messages are sent, delivered, logged, reported"),
            avoided(
                    "goes|rests|(hold|holds|held) up|turn(s|ed)? away",
                    "use the field's term: is sent, is idle, delays, rejects"),
            avoided("(?<!there )(is|are|was|were) no(?! longer\\b)", "is not a .."),
            avoided("that there (is|are)", "existing"),
            avoided("of (one's|its|their|your|our|my) own", "custom, separate"),
            avoided("as there|for else|be it|unless it be", "likewise, otherwise, either"),
            avoided("though [^.]{0,40}\\bbe", "even when .. is"),
            avoided("anew", "again"),
            avoided("dear|dearer", "expensive"));

    private static final Pattern CODE = Pattern.compile("(`+)[^`].*?\\1");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)|<https?:[^>]*>");
    private static final Pattern SENTENCE_END =
            Pattern.compile("(?<=[.!?][*_)\"]{0,3})\\s+(?=[*_(\"]{0,3}[\\p{Lu}\\p{N}])");
    private static final Pattern WORD = Pattern.compile("\\S*[\\p{L}\\p{N}]\\S*");

    private static Map.Entry<Pattern, String> avoided(String form, String instead) {
        return Map.entry(Pattern.compile("\\b(" + form + ")\\b", Pattern.CASE_INSENSITIVE), instead);
    }

    @Test
    void avoidsFormsThatReadersStumbleOver() {
        List<String> found = pages().flatMap(WordsTest::avoidedForms).toList();

        assertThat(found).as("forms to avoid, with what to write instead").isEmpty();
    }

    @Test
    void avoidsThemInCommentsAndMessagesOfTheSources() {
        List<String> found = Stream.concat(PACKAGES.stream().map(JavaProse.MAIN::resolve), JavaProse.examples())
                .flatMap(JavaProse::of)
                .flatMap(file -> avoidedForms(file.path(), file.prose()))
                .toList();

        assertThat(found).as("forms to avoid, with what to write instead").isEmpty();
    }

    @Test
    void hasNoLongSentencesButTheReviewedOnes() throws IOException {
        List<String> reviewed = Files.readAllLines(LONG_SENTENCES).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();

        List<String> found = pages().flatMap(WordsTest::longSentences).toList();

        assertThat(found)
                .as(
                        "sentences of more than %d words; split a new one, or review it and add the line to %s, from which those"
                                + " that are gone are removed",
                        MOST_WORDS, LONG_SENTENCES)
                .containsExactlyInAnyOrderElementsOf(reviewed);
    }

    @Test
    void looksAtProseOnly() {
        List<String> lines =
                List.of("# Title", "Nobody", "says so.", "", "    nobody", "```", "nobody", "```", "`nobody`, too.");

        assertThat(avoidedForms(new MarkdownPage(Path.of("page.md"), lines)))
                .containsExactlyInAnyOrder(
                        "page.md:2: 'Nobody', write: name the caller, client, application, user",
                        "page.md:2: 'says', write: messages are sent, delivered, logged, reported");
    }

    @Test
    void looksAtCommentsAndMessagesOfASource() {
        String source = """
                /** Whether somebody {@code nobody} asks. */
                int nobody = 1; // that
                // there is one
                char quote = '"'; String key = "nobody"; // dear
                String message = "it is " + "no token" + nobody;
                """;

        assertThat(avoidedForms(Path.of("A.java"), new JavaProse(Path.of("A.java"), source).prose()))
                .containsExactly(
                        "A.java:1: 'somebody', write: name the caller, client, application, user",
                        "A.java:2: 'that there is', write: existing",
                        "A.java:4: 'dear', write: expensive",
                        "A.java:5: 'is no', write: is not a ..");
    }

    @Test
    void countsTheWordsOfEachSentence() {
        String allowed = "One " + "more ".repeat(MOST_WORDS - 2) + "`word of code`.";
        String longer = "One " + "more ".repeat(MOST_WORDS - 1) + "[word](link.md).";

        assertThat(longSentences(new MarkdownPage(Path.of("page.md"), List.of(allowed, longer, allowed))))
                .containsExactly("page.md: " + longer.replace("[word](link.md)", "word"));
    }

    private static Stream<MarkdownPage> pages() {
        return Stream.concat(OTHERS.stream().map(WordsTest::page), MarkdownPage.guide().stream());
    }

    /** Of a configuration file the comments are a page. */
    private static MarkdownPage page(Path path) {
        MarkdownPage read = MarkdownPage.read(path);
        return read.name().endsWith(".md")
                ? read
                : new MarkdownPage(
                        path, read.lines().stream().map(WordsTest::comment).toList());
    }

    /** An example is indented. */
    private static String comment(String line) {
        int start = line.indexOf('#');
        boolean isComment = start >= 0 && line.substring(0, start).isBlank();
        String text = isComment ? line.substring(start + 1) : "";
        return text.startsWith("   ") ? "" : text.strip();
    }

    private static Stream<String> avoidedForms(MarkdownPage page) {
        return avoidedForms(page.path(), page.prose());
    }

    private static Stream<String> avoidedForms(Path path, List<MarkdownPage.Prose> prose) {
        List<String> found = new ArrayList<>();
        for (MarkdownPage.Prose part : prose) {
            String words = withoutCode(part.text());
            AVOIDED.forEach((form, instead) -> form.matcher(words)
                    .results()
                    .map(MatchResult::group)
                    .forEach(match -> found.add(path + ":" + part.line() + ": '" + match + "', write: " + instead)));
        }
        return found.stream();
    }

    private static Stream<String> longSentences(MarkdownPage page) {
        return page.prose().stream()
                .flatMap(prose -> SENTENCE_END.splitAsStream(withoutCode(prose.text())))
                .filter(sentence -> WORD.matcher(sentence).results().count() > MOST_WORDS)
                .map(sentence -> page.name() + ": " + sentence);
    }

    /** Code counts as one word, which may begin a sentence. */
    private static String withoutCode(String text) {
        String code = CODE.matcher(text).replaceAll("CODE");
        return LINK.matcher(code).replaceAll("$1");
    }
}
