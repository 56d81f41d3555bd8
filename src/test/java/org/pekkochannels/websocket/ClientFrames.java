package org.pekkochannels.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.pekkochannels.websocket.codec.Opcode;

/** A client's frames as bytes, right ones and, with {@link #raw}, wrong ones; written plainly, so as to check the codec. */
public final class ClientFrames {
    private static final byte[] KEY = {0x37, (byte) 0xfa, 0x21, 0x3d};

    private ClientFrames() {}

    public static byte[] text(String text) {
        return frame(true, Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] binary(byte... payload) {
        return frame(true, Opcode.BINARY, payload);
    }

    public static byte[] ping(String payload) {
        return frame(true, Opcode.PING, payload.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] close(int code, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        return frame(
                true,
                Opcode.CLOSE,
                ByteBuffer.allocate(2 + words.length)
                        .putShort((short) code)
                        .put(words)
                        .array());
    }

    public static byte[] close() {
        return frame(true, Opcode.CLOSE, new byte[0]);
    }

    public static byte[] frame(boolean last, int opcode, byte[] payload) {
        return raw((last ? 0x80 : 0) | opcode, length(payload.length), payload);
    }

    public static byte[] fragment(boolean last, int opcode, String payload) {
        return frame(last, opcode, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** A masked frame of any first byte and any bytes of length, the mask bit is added. */
    public static byte[] raw(int first, byte[] length, byte[] payload) {
        byte[] masked = payload.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= KEY[i % 4];
        }
        byte[] marked = length.clone();
        marked[0] |= (byte) 0x80;
        return join(new byte[] {(byte) first}, marked, KEY, masked);
    }

    public static byte[] unmasked(int first, byte[] payload) {
        return join(new byte[] {(byte) first}, length(payload.length), payload);
    }

    public static byte[] length(int length) {
        if (length < 126) {
            return new byte[] {(byte) length};
        }
        return length < 65536
                ? ByteBuffer.allocate(3)
                        .put((byte) 126)
                        .putShort((short) length)
                        .array()
                : ByteBuffer.allocate(9).put((byte) 127).putLong(length).array();
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
