package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
    @ParameterizedTest
    @MethodSource("goodNames")
    void acceptsPlainNames(String name) {
        assertThatCode(() -> Names.checkGroup(name)).doesNotThrowAnyException();
        assertThatCode(() -> Names.checkChannel(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void refusesAllOthers(String name) {
        assertThatThrownBy(() -> Names.checkGroup(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Names.checkChannel(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Names.checkType(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"specific.node!abc", "worker!", "a!b"})
    void acceptsOneMarkInAChannelName(String name) {
        assertThatCode(() -> Names.checkChannel(name)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Names.checkGroup(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "!abc", "a!b!c", "a!!", "a!é", "a!b\n"})
    void refusesOtherMarksInAChannelName(String name) {
        assertThatThrownBy(() -> Names.checkChannel(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_internal", ".hidden", "__class__"})
    void refusesInternalTypes(String type) {
        assertThatThrownBy(() -> Names.checkType(type))
                .hasMessage("event type must be 1-99 of [A-Za-z0-9._-], not beginning with '_' or '.', was '%s'", type);
    }

    @Test
    void acceptsTheDocumentedCharactersAndNoOthers() {
        for (char c = 0; c < 0x700; c++) {
            String name = "x" + c;
            assertThat(accepts(() -> Names.checkGroup(name)))
                    .as("U+%04X", (int) c)
                    .isEqualTo(name.matches("x[A-Za-z0-9._-]"));
        }
    }

    /** Channels, events and named channels have the same characters and the same length. */
    @Test
    void acceptsNamesOf99CharactersAndNoneOf100() {
        String longest = "x".repeat(99);
        String tooLong = "x".repeat(100);

        assertThat(accepts(() -> Names.checkGroup(longest))).isTrue();
        assertThat(accepts(() -> Names.checkGroup(tooLong))).isFalse();
        assertThat(accepts(() -> Names.checkType(longest))).isTrue();
        assertThat(accepts(() -> Names.checkType(tooLong))).isFalse();
        assertThat(accepts(() -> Names.checkNamed(longest))).isTrue();
        assertThat(accepts(() -> Names.checkNamed(tooLong))).isFalse();
        assertThat(accepts(() -> Names.checkChannel("x".repeat(97) + "!y"))).isTrue();
        assertThat(accepts(() -> Names.checkChannel("x".repeat(98) + "!y"))).isFalse();
    }

    @Test
    void aChosenNameHasNoMark() {
        assertThat(Names.isChosen("worker")).isTrue();
        assertThat(Names.isChosen("!")).isFalse();
        assertThat(Names.isChosen("specific.node!abc")).isFalse();
        assertThat(accepts(() -> Names.checkNamed("worker!"))).isFalse();
    }

    @Test
    void aGeneratedNameContainsItsNode() {
        assertThat(GeneratedNames.nodeOf(GeneratedNames.ofChannel("node"))).contains("node");
        assertThat(GeneratedNames.ofChannel("node")).matches("specific\\.node![A-Za-z0-9]{12}");
        assertThat(GeneratedNames.nodeOf("specific.n!x")).contains("n");
        assertThat(GeneratedNames.nodeOf("specific.!x")).isEmpty();
        assertThat(GeneratedNames.nodeOf("specific.node")).isEmpty();
        assertThat(GeneratedNames.nodeOf("worker")).isEmpty();
        assertThat(GeneratedNames.nodeOf("worker!node")).isEmpty();
        assertThatThrownBy(() -> GeneratedNames.nodeOf("specific.n!x!y")).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean accepts(Runnable check) {
        try {
            check.run();
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void showsTheName() {
        assertThatThrownBy(() -> Names.checkGroup("chat room"))
                .hasMessage("group name must be 1-99 of [A-Za-z0-9._-] (GroupName.of(prefix, text) accepts any text),"
                        + " was 'chat room'");
        assertThatThrownBy(() -> Names.checkChannel("chat room"))
                .hasMessage("channel name must be 1-99 of [A-Za-z0-9._-] with at most one '!', not at its start,"
                        + " was 'chat room'");
    }

    @Test
    void showsNoLineBreaksAndNoMoreThanIsNeeded() {
        assertThatThrownBy(() -> Names.checkGroup("a\r\nINFO forged")).hasMessageEndingWith("was 'a??INFO forged'");
        assertThatThrownBy(() -> Names.checkGroup("x".repeat(120)))
                .hasMessageEndingWith("was '" + "x".repeat(120) + "'");
        assertThatThrownBy(() -> Names.checkGroup("x".repeat(400)))
                .hasMessageEndingWith("was '" + "x".repeat(120) + ".. (400 characters)'");
    }

    private static Stream<String> goodNames() {
        return Stream.of("a", "9", "chat_lobby", "chat.lobby-1", "-", ".", "_", "A".repeat(99));
    }

    private static Stream<String> badNames() {
        return Stream.of(
                "",
                " ",
                "chat room",
                "chat/room",
                "chat?room",
                "chat:room",
                "chat\n",
                "räume",
                "чат",
                "\u0664\u0662",
                "\uD83D\uDE00",
                "a\u0000b",
                "a".repeat(100),
                "a".repeat(400));
    }
}
