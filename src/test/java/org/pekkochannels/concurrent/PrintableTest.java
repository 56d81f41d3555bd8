package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"\r", "\n", "\0", "\u001b", "\u007f", "\u0085", "\u009b", "\u2028", "\u2029", "\u202e", "\u200b"
            })
    void replacesWhatCouldForgeOrReorderALine(String unprintable) {
        assertThat(Printable.line("a" + unprintable + "b", 10)).isEqualTo("a?b");
        assertThat(Printable.word("a" + unprintable + "b", 10)).isEqualTo("a?b");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\u00a0", "\u2003", "\u3000"})
    void replacesSpacesOnlyInWords(String space) {
        assertThat(Printable.line("a" + space + "b", 10)).isEqualTo("a" + space + "b");
        assertThat(Printable.word("a" + space + "b", 10)).isEqualTo("a?b");
    }

    @Test
    void keepsLettersBeyondAscii() {
        assertThat(Printable.word("h\u00e9llo\u2603\ud83d\ude00", 10)).isEqualTo("h\u00e9llo\u2603\ud83d\ude00");
    }

    @Test
    void cutsALongText() {
        assertThat(Printable.line("abcd", 4)).isEqualTo("abcd");
        assertThat(Printable.line("abcde", 4)).isEqualTo("abcd..");
    }
}
