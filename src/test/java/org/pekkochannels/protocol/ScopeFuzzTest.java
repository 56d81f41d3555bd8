package org.pekkochannels.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** Any text as a request's target: the path is safe to log, and parameters, headers and cookies are read as they were written. */
@Tag("fuzz")
class ScopeFuzzTest {
    @FuzzTest(maxDuration = "3s")
    void readsAnyTarget(byte[] bytes) {
        String target = new String(bytes, StandardCharsets.UTF_8);
        Scope scope = Scope.of(target);

        assertThat(scope.path() + (target.contains("?") ? "?" : "") + scope.query())
                .isEqualTo(target);
        assertThat(scope.remainingPath()).doesNotStartWith("/");
        assertThat(scope.printablePath())
                .hasSize(scope.path().length() > 500 ? 502 : scope.path().length())
                .matches(path -> path.chars().noneMatch(ScopeFuzzTest::endsOrHidesALine));
        for (String pair : scope.query().split("&", -1)) {
            // Never an exception, whatever the encoding.
            scope.queryParameter(pair);
        }
        assertReadsTheParameter(target);
        assertReadsTheHeader(target);
    }

    /** The text as a name and as a value, next to other parameters. */
    private static void assertReadsTheParameter(String text) {
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
        // A character that has no form in UTF-8 is written as a question mark.
        String written = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        Scope scope = Scope.of("/?first=1&" + encoded + "=" + encoded + "&" + encoded + "=second");

        assertThat(scope.queryParameter(written)).contains(written.equals("first") ? "1" : written);
    }

    /** The text as a header, cookies too, before another of the same name. */
    private static void assertReadsTheHeader(String text) {
        if (text.chars().anyMatch(ScopeFuzzTest::isAsciiControl)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Header("Cookie", text))
                    .withMessage("value of header 'Cookie' must not contain control characters");
            return;
        }
        Scope scope = Scope.of("/")
                .withHeaders(List.of(
                        new Header("cookie", text),
                        new Header("X-Text", text),
                        new Header("Cookie", "second"),
                        new Header("x-text", "second")));

        assertThat(scope.header("COOKIE")).contains(text + "; second");
        assertThat(scope.header("X-TEXT")).contains(text + ", second");
        assertReadsTheCookie(text);
    }

    /** The text between two cookies cannot hide them, and is read as one where it is a cookie's value. */
    private static void assertReadsTheCookie(String text) {
        Scope between = Scope.of("/").withHeaders(List.of(new Header("Cookie", "a=1; " + text + "; b=2")));

        assertThat(between.cookies("a")).startsWith("1");
        assertThat(between.cookies("b")).endsWith("2");
        for (String pair : text.split("=", -1)) {
            // Never an exception, whatever the name.
            between.cookie(pair);
        }
        if (text.indexOf(';') < 0 && text.indexOf('"') < 0) {
            Scope value = Scope.of("/")
                    .withHeaders(
                            List.of(new Header("Cookie", "a=" + text), new Header("Cookie", "b=\"" + text + "\"")));
            assertThat(value.cookie("a")).contains(text.replaceAll("^[ \\t]+|[ \\t]+$", ""));
            assertThat(value.cookie("b")).contains(text);
        }
    }

    private static boolean isAsciiControl(int character) {
        return (character < ' ' && character != '\t') || character == 0x7f;
    }

    private static boolean endsOrHidesALine(int character) {
        return Character.isISOControl(character) || character == '\u2028' || character == '\u2029';
    }
}
