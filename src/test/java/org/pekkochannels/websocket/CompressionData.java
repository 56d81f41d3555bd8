package org.pekkochannels.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import org.pekkochannels.websocket.codec.Opcode;

/** Payloads of the kinds that the suite's section 12 has: texts of ASCII, so that they can be cut anywhere, and bytes. */
enum CompressionData {
    JSON(Opcode.TEXT, i -> "{\"id\":%d,\"name\":\"n%x\",\"tags\":[\"a\",\"b%d\"]},\n".formatted(i, i * 7919, i % 10)),
    BITMAP(Opcode.BINARY, i -> "\0\1\2\3".repeat(8) + (char) (i & 0x7F)),
    PROSE(Opcode.BINARY, i -> Words.of(i) + (i % 9 == 8 ? ".\n" : " ")),
    HTML(Opcode.TEXT, i -> "<li class=\"entry\"><a href=\"/%d\">%s</a></li>\n".formatted(i, Words.of(i))),
    RANDOM(Opcode.BINARY, random());

    private final int opcode;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final byte[] bytes;

    CompressionData(int opcode, IntFunction<String> part) {
        this(opcode, made(part));
    }

    CompressionData(int opcode, byte[] bytes) {
        this.opcode = opcode;
        this.bytes = bytes;
    }

    int opcode() {
        return opcode;
    }

    /** So many bytes from a place on, and from the beginning again. */
    byte[] slice(int from, int length) {
        byte[] slice = new byte[length];
        for (int i = 0; i < length; i++) {
            slice[i] = bytes[(from + i) % bytes.length];
        }
        return slice;
    }

    private static byte[] random() {
        byte[] random = new byte[256 * 1024];
        new Random(7692).nextBytes(random);
        return random;
    }

    private static byte[] made(IntFunction<String> part) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 256 * 1024; i++) {
            text.append(part.apply(i));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Words of a language that nobody speaks. */
    private static final class Words {
        private static final String[] SYLLABLES = {"ba", "den", "fro", "gel", "hi", "kan", "lum", "mo", "ner", "wy"};

        static String of(int i) {
            Random random = new Random(i % 500);
            StringBuilder word = new StringBuilder();
            for (int syllables = 1 + random.nextInt(4); syllables > 0; syllables--) {
                word.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
            }
            return i % 5 == 0 ? word.toString().toUpperCase(Locale.ROOT) : word.toString();
        }
    }
}
