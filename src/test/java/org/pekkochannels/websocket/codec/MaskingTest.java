package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskingTest {
    private final byte[] keyBytes = {0x12, (byte) 0x9A, 0x00, (byte) 0xFF};

    @Test
    void unmasksWhateverTheOffsetTheLengthAndTheSplit() {
        for (int length = 0; length < 40; length++) {
            for (int split = 0; split <= length; split++) {
                byte[] plain = random(length + 3);
                byte[] bytes = masked(plain, 3);
                int key = Masking.key(keyBytes, 0);

                Masking.unmask(bytes, 3, split, key);
                Masking.unmask(bytes, 3 + split, length - split, Masking.advance(key, split));

                assertThat(bytes).isEqualTo(plain);
            }
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] masked(byte[] plain, int from) {
        byte[] masked = plain.clone();
        for (int i = from; i < masked.length; i++) {
            masked[i] ^= keyBytes[(i - from) % 4];
        }
        return masked;
    }
}
