package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedBodyTest {
    private static final int MOST_TRAILER_BYTES = 32;

    private final ChunkedBody body = new ChunkedBody(MOST_TRAILER_BYTES);
    private final ByteOutput canonical = new ByteOutput();

    private int read(String lines) throws RefusedRequestException {
        byte[] bytes = Requests.bytes(lines);
        return body.read(bytes, 0, bytes.length, canonical);
    }

    private String taken() {
        return new String(canonical.take(Arrays::copyOf), StandardCharsets.UTF_8).replace("\r\n", "|");
    }

    @Test
    void isWrittenInOneChunkForEachReadWithoutExtensionsAndTrailers() throws Exception {
        read("4;a=b \t\u20ac|Wi");
        assertThat(body.isComplete()).isFalse();
        read("ki|00005|pedia|0;x|X: y||");

        assertThat(body.isComplete()).isTrue();
        assertThat(taken()).isEqualTo("00000002|Wi|00000007|kipedia|0||");
    }

    @Test
    void endsBeforeTheNextRequest() throws Exception {
        assertThat(read("1|a|0||GET / HTTP/1.1|")).isEqualTo(Requests.bytes("1|a|0||").length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"000000000000001|a|", "7fffffffffffff|a"})
    void hasSizesOfAtMost15Digits(String lines) throws Exception {
        read(lines);

        assertRefused("0000000000000001|a|");
    }

    @Test
    void hasExtensionsOfAtMost256Bytes() throws Exception {
        // With the CR that ends it.
        read("1;" + "x".repeat(255) + "|a|");

        assertRefused("1;" + "x".repeat(256) + "|a|");
    }

    @Test
    void doesNotKeepTheRoomOfExtensions() throws Exception {
        String chunk = "1;" + "x".repeat(255) + "|a|";

        read(chunk.repeat(100));

        assertThat(canonical.<Integer>take((array, count) -> array.length)).isEqualTo(112);
    }

    @Test
    void hasTrailersOfAsManyBytesAsAHeadMayHave() throws Exception {
        read("0|X: " + "y".repeat(MOST_TRAILER_BYTES - 7) + "||");

        assertThat(body.isComplete()).isTrue();
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> new ChunkedBodyTest().read("0|X: " + "y".repeat(MOST_TRAILER_BYTES - 6) + "||"))
                .withMessageStartingWith("431");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "|",
                ";|",
                "g|",
                "-1|",
                "+1|",
                "0x1|",
                "1 |a|",
                " 1|a|",
                "1\na",
                "1\r;",
                "1;\n",
                "1;\0|",
                "1;\u007f|",
                "1\rxa|0|",
                "1|ax\n0|",
                "1|a\rx0|",
                "1;\0|a|0|",
                "1;\u001f|a|0|",
                "1;\u007f|a|0|",
                "1|aa|",
                "1|a\n",
                "1|a\rx",
                "0|X|",
                "0|X : y||",
                "0|X: y| z||",
                "0|X: \0||",
                "0\n\n",
                "0|X: y\n",
                "0|\rx",
                "1\t|",
                "1_0|"
            })
    void isRefusedWhereReadersDiffer(String lines) {
        assertRefused(lines + "|");
    }

    private static void assertRefused(String lines) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> new ChunkedBodyTest().read(lines))
                .withMessageStartingWith("400");
    }
}
