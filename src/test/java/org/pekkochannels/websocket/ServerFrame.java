package org.pekkochannels.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A frame that a server sent, in words: {@code text hello}, {@code close 1000 bye}; read plainly, to check the codec. */
public final class ServerFrame {
    private ServerFrame() {}

    public static List<String> readAll(byte[] bytes) {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        List<String> frames = new ArrayList<>();
        while (input.hasRemaining()) {
            frames.add(read(input));
        }
        return frames;
    }

    private static String read(ByteBuffer input) {
        int first = input.get() & 0xFF;
        byte[] payload = new byte[length(input)];
        input.get(payload);
        String words = new String(payload, StandardCharsets.UTF_8);
        return switch (first) {
            case 0x81 -> "text " + words;
            case 0x82 -> "binary " + words;
            case 0xC1 -> "deflated " + payload.length;
            case 0x89 -> "ping";
            case 0x8A -> ("pong " + words).trim();
            case 0x88 -> close(payload);
            default -> throw new AssertionError("a server never begins a frame with " + Integer.toHexString(first));
        };
    }

    private static int length(ByteBuffer input) {
        int length = input.get();
        return switch (length) {
            case 126 -> input.getShort() & 0xFFFF;
            case 127 -> (int) input.getLong();
            default -> length;
        };
    }

    private static String close(byte[] payload) {
        if (payload.length == 0) {
            return "close";
        }
        int code = ByteBuffer.wrap(payload).getShort();
        return ("close " + code + " " + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)).trim();
    }
}
