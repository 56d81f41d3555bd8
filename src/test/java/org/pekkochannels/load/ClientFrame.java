package org.pekkochannels.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.pekkochannels.websocket.UpgradeRequest;

/** What a client writes: the upgrade request, and frames whose masking key is zero, so that they are plain to read. */
final class ClientFrame {
    private static final int MASKED = 0x80;

    private ClientFrame() {}

    static ByteBuffer upgrade(String path) {
        return StandardCharsets.US_ASCII.encode(UpgradeRequest.of(path));
    }

    static ByteBuffer text(String text) {
        return frame(1, text.getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuffer binary(byte[] payload) {
        return frame(2, payload);
    }

    static ByteBuffer close(int code) {
        return frame(8, ByteBuffer.allocate(2).putShort((short) code).array());
    }

    private static ByteBuffer frame(int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(8 + payload.length).put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (MASKED | payload.length));
        } else {
            frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
        }
        return frame.putInt(0).put(payload).flip();
    }
}
