package org.pekkochannels.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.pekkochannels.protocol.Scope;

/** Any pattern in the first line and any path in the others: refused in words, or matched as by a regular expression. */
@Tag("fuzz")
class PatternFuzzTest {
    private static final java.util.regex.Pattern PARAMETER = java.util.regex.Pattern.compile("\\{(\\w+)(?::(\\w+))?}");
    private static final Map<String, String> EXPRESSIONS = Map.of(
            "str", "[^/]+",
            "int", "[0-9]+",
            "long", "[0-9]+",
            "slug", "[-_a-zA-Z0-9]+",
            "uuid", "[-0-9a-fA-F]{36}",
            "path", "(?s:.+)");
    // Beyond it, a regular expression with several parameters takes too long; ours does not, see PatternTest.
    private static final int LONGEST_PATH = 60;
    private static final int MOST_PARAMETERS = 3;

    @FuzzTest(maxDuration = "3s")
    void matchesAsARegularExpressionWould(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
        String path = lines.length == 2 ? lines[1] : "";
        Optional<Pattern> parsed = parsed(lines[0]);
        if (parsed.isEmpty()) {
            return;
        }

        Optional<Match> match = parsed.get().match(path);

        String pattern = Scope.withoutLeadingSlashes(lines[0]);
        match.ifPresent(found -> assertThat(found.rest()).isEmpty());
        if (isComparable(pattern, path)) {
            assertThat(match.map(Match::parameters)).isEqualTo(expected(pattern, path));
        }
    }

    private static Optional<Pattern> parsed(String text) {
        try {
            return Optional.of(Pattern.whole(text));
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("route pattern '" + text + "' is invalid at position ");
            return Optional.empty();
        }
    }

    // A regular expression takes the two halves of a character beyond the first 65536 for one.
    private static boolean isComparable(String pattern, String path) {
        return path.length() <= LONGEST_PATH
                && (pattern + path).chars().noneMatch(c -> Character.isSurrogate((char) c))
                && PARAMETER.matcher(pattern).results().count() <= MOST_PARAMETERS;
    }

    private static Optional<Map<String, Object>> expected(String pattern, String path) {
        Matcher matcher = java.util.regex.Pattern.compile(expression(pattern)).matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, Object> values = new HashMap<>();
        int group = 1;
        for (MatchResult parameter : PARAMETER.matcher(pattern).results().toList()) {
            Optional<Object> value =
                    Converter.named(converter(parameter)).orElseThrow().convert(matcher.group(group++));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.put(parameter.group(1), value.get());
        }
        return Optional.of(values);
    }

    private static String expression(String pattern) {
        StringBuilder expression = new StringBuilder();
        int at = 0;
        for (MatchResult parameter : PARAMETER.matcher(pattern).results().toList()) {
            expression.append(java.util.regex.Pattern.quote(pattern.substring(at, parameter.start())));
            expression.append('(').append(EXPRESSIONS.get(converter(parameter))).append(')');
            at = parameter.end();
        }
        return expression
                .append(java.util.regex.Pattern.quote(pattern.substring(at)))
                .toString();
    }

    private static String converter(MatchResult parameter) {
        return parameter.group(2) == null ? "str" : parameter.group(2);
    }
}
