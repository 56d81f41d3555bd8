package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;

/** Any bytes of a client, with and without compression: the same findings however the bytes are cut, each within its bound. */
@Tag("fuzz")
class FrameFuzzTest {
    private static final int MOST_MESSAGE_BYTES = 200;
    private static final int MOST_FRAMES = 3;
    private static final Compressors COMPRESSORS = new Compressors();
    private static final Compression ON = Compression.of(
            Scope.of("/").withHeaders(List.of(new Header("Sec-WebSocket-Extensions", "permessage-deflate"))),
            new CompressionSettings(true, 1, 6),
            COMPRESSORS);

    @FuzzTest(maxDuration = "3s")
    void findsTheSameHoweverTheBytesAreCut(byte[] bytes) {
        for (Compression compression : List.of(ON, COMPRESSORS.unused())) {
            List<String> whole = found(bytes, compression, 0);

            assertThat(found(bytes, compression, 1 + Arrays.hashCode(bytes))).isEqualTo(whole);
            assertThat(whole).allMatch(finding -> finding.length() <= "message ".length() + MOST_MESSAGE_BYTES);
            assertThat(whole.stream().limit(Math.max(0, whole.size() - 1)))
                    .as("what comes before the last finding")
                    .noneMatch(finding -> finding.startsWith("close") || finding.startsWith("violation"));
        }
    }

    private static List<String> found(byte[] bytes, Compression compression, long pieces) {
        RecordedFindings findings = new RecordedFindings();
        FrameParser parser = new FrameParser(MOST_MESSAGE_BYTES, MOST_FRAMES, compression, findings);
        Random random = new Random(pieces);
        // The parser removes the mask in place.
        byte[] window = bytes.clone();
        for (int at = 0; at < window.length; ) {
            int rest = window.length - at;
            int count = pieces == 0 ? rest : 1 + random.nextInt(Math.min(rest, 20));
            parser.parse(window, at, count);
            at += count;
        }
        return findings.found();
    }
}
