package org.pekkochannels.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScopeTest {
    @Test
    void printsAPathInOneLineWhateverItHolds() {
        Scope scope = Scope.of("/ws/chat\r\n12:00 ERROR forged\u001b[2J");

        assertThat(scope.printablePath()).isEqualTo("/ws/chat??12:00 ERROR forged?[2J");
        assertThat(scope.path()).contains("\r\n");
    }

    @Test
    void printsNeitherControlCharactersNorLineSeparatorsBeyondAscii() {
        Scope scope = Scope.of("/ws/\u00e9\u0085\u2028\u2029\u009b2J");

        assertThat(scope.printablePath()).isEqualTo("/ws/\u00e9????2J");
    }
}
