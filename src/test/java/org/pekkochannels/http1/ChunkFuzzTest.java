package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;

/** A chunked body: the same data however it is cut, in chunks without extensions, and nothing of what follows. */
@Tag("fuzz")
class ChunkFuzzTest {
    private static final int MOST_TRAILER_BYTES = 512;

    @FuzzTest(maxDuration = "3s")
    void givesTheSameDataHoweverTheBytesAreCut(byte[] bytes) {
        Body whole = read(bytes, 0);
        Body cut = read(bytes, 1 + Arrays.hashCode(bytes));

        assertThat(cut.refusal).isEqualTo(whole.refusal);
        if (whole.refusal.isEmpty()) {
            assertThat(cut.taken).isEqualTo(whole.taken);
            assertThat(cut.complete).isEqualTo(whole.complete);
            byte[] data = data(whole.canonical, whole.complete);
            assertThat(data(cut.canonical, cut.complete)).isEqualTo(data);
            assertThat(data.length).isLessThanOrEqualTo(bytes.length);
        }
        if (whole.complete) {
            assertThat(read(whole.canonical, 0).canonical).isEqualTo(whole.canonical);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Body(byte[] canonical, int taken, boolean complete, String refusal) {}

    private static Body read(byte[] bytes, long pieces) {
        ChunkedBody body = new ChunkedBody(MOST_TRAILER_BYTES);
        ByteOutput canonical = new ByteOutput();
        Random random = new Random(pieces);
        int at = 0;
        try {
            while (!body.isComplete() && at < bytes.length) {
                int rest = bytes.length - at;
                at += body.read(bytes, at, pieces == 0 ? rest : 1 + random.nextInt(Math.min(rest, 20)), canonical);
            }
            return new Body(canonical.take(Arrays::copyOf), at, body.isComplete(), "");
        } catch (RefusedRequestException refused) {
            return new Body(new byte[0], -1, false, refused.toString());
        }
    }

    /** Eight digits, CR LF, data, CR LF; at the end a zero. */
    private static byte[] data(byte[] chunks, boolean complete) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        int at = 0;
        int end = chunks.length - (complete ? 5 : 0);
        while (at < end) {
            int size = Integer.parseInt(new String(chunks, at, 8, StandardCharsets.US_ASCII), 16);
            assertThat(size).isPositive();
            assertThat(text(chunks, at + 8, 2)).isEqualTo("\r\n");
            data.write(chunks, at + 10, size);
            assertThat(text(chunks, at + 10 + size, 2)).isEqualTo("\r\n");
            at += size + 12;
        }
        assertThat(at).isEqualTo(end);
        assertThat(text(chunks, end, chunks.length - end)).isEqualTo(complete ? "0\r\n\r\n" : "");
        return data.toByteArray();
    }

    private static String text(byte[] bytes, int at, int length) {
        return new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    }
}
