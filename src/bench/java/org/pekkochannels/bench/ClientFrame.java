package org.pekkochannels.bench;

import java.nio.ByteBuffer;

/** A frame as a client sends it: final, masked, whole. */
final class ClientFrame {
    private static final byte[] KEY = {0x37, (byte) 0xfa, 0x21, 0x3d};
    private static final int LONGEST_HEADER = 14;

    private ClientFrame() {}

    static byte[] of(int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(LONGEST_HEADER + payload.length).put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(KEY);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ KEY[i & 3]));
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }
}
