package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Tag;
import org.pekkochannels.websocket.codec.Inflation.Result;

/** Any bytes as a compressed message: inflated as Java's Inflater does it, and never beyond its bounds. */
@Tag("fuzz")
class InflationFuzzTest {
    private static final int LIMIT = 300;
    private static final int MOST_BLOCKS = 3;
    // What every message is followed by (RFC 7692, section 7.2.2).
    private static final byte[] TAIL = {0, 0, -1, -1};
    // Used for all inputs, so that one which leaves something behind spoils the next.
    private static final Inflation INFLATION = new Inflation();

    @FuzzTest(maxDuration = "3s")
    void givesWhatJavaGivesWithinItsBounds(byte[] bytes) {
        Result result = INFLATION.inflate(bytes, 0, bytes.length, LIMIT, MOST_BLOCKS);

        Optional<byte[]> expected = new Plain(bytes).message();
        // A message may break several rules, and be refused for any of them.
        assertThat(result == Result.DONE).isEqualTo(expected.isPresent());
        expected.ifPresent(message ->
                assertThat(Arrays.copyOf(INFLATION.bytes(), INFLATION.length())).isEqualTo(message));
        assertThat(INFLATION.length()).isLessThanOrEqualTo(INFLATION.bytes().length);
    }

    /** Inflates one byte at a time, with a new Inflater behind each block that says it is the last. */
    private static final class Plain {
        private final byte[] input;
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private int at;
        private int blocks;

        Plain(byte[] message) {
            input = Arrays.copyOf(message, message.length + TAIL.length);
            System.arraycopy(TAIL, 0, input, message.length, TAIL.length);
        }

        /** The message, unless it is broken or beyond a bound. */
        Optional<byte[]> message() {
            try {
                while (at < input.length && isWithinBounds()) {
                    inflate();
                }
                return isWithinBounds() ? Optional.of(output.toByteArray()) : Optional.empty();
            } catch (DataFormatException broken) {
                return Optional.empty();
            }
        }

        private boolean isWithinBounds() {
            return output.size() <= LIMIT && blocks <= MOST_BLOCKS;
        }

        private void inflate() throws DataFormatException {
            Inflater inflater = new Inflater(true);
            try {
                inflater.setInput(input, at, input.length - at);
                byte[] one = new byte[1];
                while (output.size() <= LIMIT && inflater.inflate(one) == 1) {
                    output.write(one[0]);
                }
                blocks += inflater.finished() ? 1 : 0;
                at = input.length - inflater.getRemaining();
            } finally {
                inflater.end();
            }
        }
    }
}
