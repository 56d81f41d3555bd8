package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GroupNameTest {
    private static final List<String> PREFIXES = List.of("chat", "chat-a", "chat.a", "c", "-", ".", "p".repeat(32));

    // Letters of all sorts: plain ones, what plain names are made of, controls, unpaired surrogates.
    private static final String ALPHABET = "ab0_.-!/ \n\u0000é\u0410\u0430\uD83D\uDE00\uD800\uDC01";

    @ParameterizedTest
    @ValueSource(strings = {"lobby", "", "_", ".hidden", "-", "a_b", "Lobby.1", "42"})
    void keepsPlainTexts(String text) {
        assertThat(GroupName.of("chat", text).value()).isEqualTo("chat_" + text);
    }

    @Test
    void keepsTextsThatJustFit() {
        String fits = "x".repeat(94);

        assertThat(GroupName.of("chat", fits).value()).isEqualTo("chat_" + fits).hasSize(99);
        assertThat(GroupName.of("chat", fits + "x").value()).matches("chat-[0-9a-f]{64}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat room", "räume", "a/b", "a!b", "\n", "\uD83D\uDE00"})
    void hashesAllOtherTexts(String text) {
        assertThat(GroupName.of("chat", text).value()).matches("chat-[0-9a-f]{64}");
    }

    @Test
    void givesDifferentTextsAndPrefixesDifferentNames() {
        Map<String, String> sources = new HashMap<>();

        texts().distinct()
                .forEach(text -> PREFIXES.forEach(prefix -> assertThat(
                                sources.put(GroupName.of(prefix, text).value(), prefix + "|" + text))
                        .as("what else has the name of %s and a text of %s", prefix, text.length())
                        .isNull()));

        assertThat(sources).hasSizeGreaterThan(5_000);
    }

    @Test
    void isTheSameEachTime() {
        assertThat(GroupName.of("chat", "räume")).isEqualTo(GroupName.of("chat", "räume"));
        assertThat(GroupName.of("chat", "räume"))
                .hasToString(GroupName.of("chat", "räume").value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "chat_a", "chat room", "chat!", "ppppppppppppppppppppppppppppppppp"})
    void refusesOtherPrefixes(String prefix) {
        assertThatThrownBy(() -> GroupName.of(prefix, "lobby"))
                .hasMessage("prefix of a group name must be 1-32 of [A-Za-z0-9.-], was '%s'", prefix);
    }

    @Test
    void acceptsAPrefixOf32Characters() {
        assertThat(GroupName.of("p".repeat(32), "lobby").value()).isEqualTo("p".repeat(32) + "_lobby");
    }

    @Test
    void checksANameThatWasMadeByHand() {
        assertThatThrownBy(() -> new GroupName("chat room"))
                .hasMessage("group name must be 1-99 of [A-Za-z0-9._-] (GroupName.of(prefix, text) accepts any text),"
                        + " was 'chat room'");
    }

    private static Stream<String> texts() {
        Random random = new Random(20_261_123);
        return Stream.concat(nasty(), Stream.generate(() -> text(random)).limit(1_500));
    }

    private static Stream<String> nasty() {
        String hash = GroupName.of("chat", "räume").value();
        return Stream.of(
                "",
                ".",
                "..",
                "_",
                "__",
                "-",
                "a",
                "A",
                "a_b",
                "_a",
                "é",
                "e\u0301",
                "?",
                "\uFFFD",
                "\uD800",
                "\uDC00",
                "\uD801",
                "\u0410",
                "A\n",
                "A ",
                " A",
                hash,
                hash.substring("chat-".length()),
                "a_" + hash,
                "x".repeat(94),
                "x".repeat(95),
                "x".repeat(400),
                "x".repeat(399) + "y",
                "é".repeat(400));
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(6), 0, ALPHABET.length())
                .map(ALPHABET::charAt)
                .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
                .toString();
    }
}
