package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostFieldTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "a.example",
                "a_b.example:8080",
                "1.2.3.4:0",
                "x:65535",
                "x:00080",
                "[::]",
                "[::1]:443",
                "[1:2:3:4:5:6:7:8]",
                "[1::8]",
                "[1:2:3:4:5:6:7::]",
                "[::ffff:1.2.3.4]",
                "[1:2:3:4:5:6:255.0.0.1]",
                "a-._~!$&'()*+,;=z"
            })
    void isANameOrAnAddressAndAPort(String host) throws Exception {
        assertThat(HostField.checked(host)).isEqualTo(host);
    }

    @Test
    void hasNoOtherCharactersThanANameMayHave() {
        for (char c = 0; c < 0x100; c++) {
            String host = "x" + c + "y";
            assertThat(accepts(host)).as("U+%04X", (int) c).isEqualTo(host.matches("x[A-Za-z0-9._~!$&'()*+,;=-]y"));
            String port = "x:1" + c;
            assertThat(accepts(port)).as("U+%04X", (int) c).isEqualTo(port.matches("x:1[0-9]"));
        }
    }

    private static boolean accepts(String host) {
        try {
            HostField.checked(host);
            return true;
        } catch (RefusedRequestException refused) {
            return false;
        }
    }

    @Test
    void isWrittenWithoutAColonThatNoPortFollows() throws Exception {
        assertThat(HostField.checked("x:")).isEqualTo("x");
        assertThat(HostField.checked("[::1]:")).isEqualTo("[::1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":80",
                "x:65536",
                "x:000080",
                "x:-1",
                "x:a",
                "x:1:2",
                "a b",
                "a,b c",
                "u@x",
                "x/",
                "x?",
                "x#",
                "a%41",
                "é",
                "x\\",
                "[",
                "[]",
                "[::1",
                "::1",
                "[::1]x",
                "[x]",
                "[1]",
                "[1.2.3.4]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1::2::3]",
                "[:::]",
                "[1:2:3:4:5:6:7:8::]",
                "[::1.02.3.4]",
                "[::1.2.3]",
                "[::1.2.3.256]",
                "[::1.2.3.4:1]",
                "[1.2.3.4::]",
                "[::12345]",
                "[fe80::1%eth0]",
                "[v1.a]",
                "[:1:2:3:4:5:6:7:8]",
                "[::1]]"
            })
    void isNothingElse(String host) {
        assertThatExceptionOfType(RefusedRequestException.class).isThrownBy(() -> HostField.checked(host));
    }
}
