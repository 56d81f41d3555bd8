package org.pekkochannels.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PatternTest {
    private static final String ID = "123e4567-e89b-12d3-a456-426614174000";

    @ParameterizedTest
    @MethodSource("matches")
    void matches(String pattern, String path, Map<String, Object> parameters) {
        assertThat(Pattern.whole(pattern).match(path)).contains(new Match(parameters, ""));
    }

    private static Stream<Arguments> matches() {
        return Stream.of(
                Arguments.of("", "", Map.of()),
                Arguments.of("/", "", Map.of()),
                Arguments.of("ws/chat/", "ws/chat/", Map.of()),
                Arguments.of("///ws/chat", "ws/chat", Map.of()),
                Arguments.of("ws/chat/{room}/", "ws/chat/lobby/", Map.of("room", "lobby")),
                Arguments.of("{room}", "räume und .+*\n", Map.of("room", "räume und .+*\n")),
                Arguments.of("{room:str}/{user}", "a/b", Map.of("room", "a", "user", "b")),
                Arguments.of("{id:int}", "0042", Map.of("id", 42)),
                Arguments.of("{id:int}", "2147483647", Map.of("id", Integer.MAX_VALUE)),
                Arguments.of("{id:long}", "9223372036854775807", Map.of("id", Long.MAX_VALUE)),
                Arguments.of("{id:long}", "7", Map.of("id", 7L)),
                Arguments.of("{name:slug}/", "A_b-9/", Map.of("name", "A_b-9")),
                Arguments.of("{id:uuid}/", ID + "/", Map.of("id", UUID.fromString(ID))),
                Arguments.of("{id:uuid}", ID.toUpperCase(Locale.ROOT), Map.of("id", UUID.fromString(ID))),
                Arguments.of("{id:uuid}-{n:int}", ID + "-1", Map.of("id", UUID.fromString(ID), "n", 1)),
                Arguments.of("{a:slug}{id:uuid}", "x" + ID, Map.of("a", "x", "id", UUID.fromString(ID))),
                Arguments.of("files/{rest:path}", "files/a/b//c/", Map.of("rest", "a/b//c/")),
                Arguments.of("{rest:path}/edit", "a/edit/b/edit", Map.of("rest", "a/edit/b")),
                Arguments.of("{a:path}/{b:path}", "1/2/3", Map.of("a", "1/2", "b", "3")),
                Arguments.of("room-{id:int}.json", "room-7.json", Map.of("id", 7)),
                Arguments.of("{name}.{ext}", "a.tar.gz", Map.of("name", "a.tar", "ext", "gz")),
                Arguments.of("{from:int}-{to:int}/", "1-20/", Map.of("from", 1, "to", 20)),
                Arguments.of("{a}{b}", "xyz", Map.of("a", "xy", "b", "z")),
                Arguments.of("{_a1}", "x", Map.of("_a1", "x")),
                Arguments.of("a.b*c", "a.b*c", Map.of()),
                Arguments.of("100%/a$b/x[1]/{int}", "100%/a$b/x[1]/7", Map.of("int", "7")));
    }

    @ParameterizedTest
    @CsvSource({
        "ws/chat/,ws/chat",
        "ws/chat,ws/chat/",
        "ws/chat,ws/chatter",
        "ws/chat,WS/chat",
        "a.b,axb",
        "{room},''",
        "{room},a/b",
        "{room}/,a/b/",
        "{id:int},-1",
        "{id:int},+1",
        "{id:int},1.0",
        "{id:int},٤",
        "{id:int},2147483648",
        "{id:int},99999999999999999999999999",
        "{id:long},9223372036854775808",
        "{name:slug},a.b",
        "{name:slug},é",
        "{id:uuid},123e4567e89b12d3a456426614174000",
        "{id:uuid},123e4567-e89b-12d3-a456-42661417400",
        "{id:uuid},123e4567-e89b-12d3-a456-4266141740000",
        "{id:uuid},123e4567e-89b-12d3-a456-426614174000",
        "{id:uuid},123e4567-e89b-12d3-a456-42661417400g",
        "{id:uuid},123e4567e-89b-12d3-a456-426614174000",
        "{id:uuid},------------------------------------",
        "files/{rest:path},files/",
        "{a}{b},x",
        "{a}-{b},ab",
        "'',a"
    })
    void doesNotMatch(String pattern, String path) {
        assertThat(Pattern.whole(pattern).match(path)).isEmpty();
    }

    @Test
    void aPrefixLeavesTheRest() {
        Pattern pattern = Pattern.prefix("api/{version:int}/");

        assertThat(pattern.match("api/2/chat/lobby/")).contains(new Match(Map.of("version", 2), "chat/lobby/"));
        assertThat(pattern.match("api/2/")).contains(new Match(Map.of("version", 2), ""));
        assertThat(pattern.match("api/2")).isEmpty();
        assertThat(pattern.match("api/x/chat/")).isEmpty();
        assertThat(Pattern.prefix("").match("any/")).contains(new Match(Map.of(), "any/"));
        assertThat(Pattern.prefix("/").match("any/")).contains(new Match(Map.of(), "any/"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "ws/{room; 3; '{' without a '}'",
                "ws/room}/; 7; '}' without a '{'",
                "{a}}; 3; '}' without a '{'",
                "ws/{}/; 4; a parameter's name must be a letter or '_', then letters, digits or '_', was ''",
                "{:int}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was ''",
                "{1a}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was '1a'",
                "{0a}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was '0a'",
                "{9a}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was '9a'",
                "{a-b}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was 'a-b'",
                "{ a }; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was ' a '",
                "{a{b}}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was 'a{b'",
                "{ä}; 1; a parameter's name must be a letter or '_', then letters, digits or '_', was 'ä'",
                "{a}/{a}; 5; a parameter's name must occur once, 'a' is repeated",
                "{a:}; 3; a converter must be one of str, int, long, slug, uuid, path, was ''",
                "//{a:float}; 5; a converter must be one of str, int, long, slug, uuid, path, was 'float'",
                "{a:INT}; 3; a converter must be one of str, int, long, slug, uuid, path, was 'INT'",
                "ws/<room>/; 3; a path has no '<' here: write a parameter as {name}, and the rest of a path as {name:path}",
                "ws/*; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as *",
                "^ws/$; 0; a path has no '^' here: write a parameter as {name}, and the rest of a path as {name:path}",
                "{a}/x?y; 5; a pattern has no query: read it with scope().queryParameter(name)",
                "{a}?x=1; 3; a pattern has no query: read it with scope().queryParameter(name)",
                "ws/:room/x; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as :room",
                "ws/{int:a}; 8; the name comes before the converter: write {a:int}",
                "caf%C3%A9/; 3; paths are decoded before they are matched: write the character instead of %C3",
                "wss://host/ws/; 0; a pattern is a path without scheme and host: write ws/chat/, for example",
                "ws/$; 3; a pattern is not a regular expression and matches the whole path: leave out '$'",
                "ws/${id}/; 3; write a parameter as {name}, not as ${name}",
                "ws/[id]/; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as [id]",
                "ws/[a-z]+/; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as [a-z]+",
                "ws/*rest/; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as *rest",
                "ws/.*/; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as .*",
                "ws/(.*)/; 3; write a parameter as {name}, and the rest of a path as {name:path}, not as (.*)",
                "\" ws/chat/\"; 0; a space at either end is part of the path, and clients do not send it: leave it out",
                "\"ws/chat/ \"; 8; a space at either end is part of the path, and clients do not send it: leave it out",
                "/ws/../x; 4; the segment '..' never matches: requests that contain it are answered 400"
            })
    void refusesABadPattern(String pattern, int position, String words) {
        assertThatThrownBy(() -> Pattern.whole(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("route pattern '%s' is invalid at position %d: %s", pattern, position, words);
    }

    @ParameterizedTest
    @CsvSource({"STR, [^/]", "INT, [0-9]", "LONG, [0-9]", "SLUG, [A-Za-z0-9_-]", "UUID, [A-Fa-f0-9-]"})
    void aConverterAcceptsItsCharactersAndNoOthers(Converter converter, String characters) {
        for (char c = 0; c < 0x700; c++) {
            assertThat(converter.accepts(c))
                    .as("%s accepts U+%04X", converter, (int) c)
                    .isEqualTo(String.valueOf(c).matches(characters));
        }
    }

    @Test
    void refusesAPrefixThatEndsWithinASegment() {
        assertThatThrownBy(() -> Pattern.prefix("api"))
                .hasMessage(
                        "route pattern 'api' is invalid at position 3: a prefix must end with '/', at the end of a segment");
    }

    @Test
    void takesLinearTime() {
        Pattern pattern = Pattern.whole("{a}-{b}-{c}-{d}-{e}-{f:path}-{g:path}!");
        String hostile = "a-".repeat(100_000);

        Optional<Match> match =
                Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> pattern.match(hostile));

        assertThat(match).isEmpty();
        assertThat(pattern.match(hostile + "!/")).isEmpty();
        assertThat(pattern.match(hostile + "!")).isPresent();
    }
}
