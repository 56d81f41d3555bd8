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
}
