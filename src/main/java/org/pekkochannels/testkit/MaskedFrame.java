package org.pekkochannels.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.codec.Opcode;

/** Writes a client's frames, which are masked. */
final class MaskedFrame {
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int KEY_BYTES = 4;
    private static final int LONGEST_HEADER = 10;

    private MaskedFrame() {}

    static byte[] text(String text) {
        return of(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] close(CloseReason reason) {
        if (reason.code() == CloseCode.NO_STATUS) {
            return of(Opcode.CLOSE, new byte[0]);
        }
        byte[] words = reason.reason().getBytes(StandardCharsets.UTF_8);
        return of(
                Opcode.CLOSE,
                ByteBuffer.allocate(2 + words.length)
                        .putShort((short) reason.code())
                        .put(words)
                        .array());
    }

    static byte[] of(int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(LONGEST_HEADER + KEY_BYTES + payload.length);
        frame.put((byte) (FIN | opcode));
        if (payload.length < 126) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | 127)).putLong(payload.length);
        }
        byte[] key = new byte[KEY_BYTES];
        ThreadLocalRandom.current().nextBytes(key);
        frame.put(key);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ key[i % KEY_BYTES]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }
}
