package org.pekkochannels.websocket;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.pekkochannels.websocket.codec.Opcode;

/** A client's side of permessage-deflate without context takeover, written plainly, so as to check the server's. */
public final class ClientDeflate implements AutoCloseable {
    static final int ZLIB_WINDOW = 1 << 15;
    // What ends each part but the last.
    private static final byte[] TAIL = {0, 0, -1, -1};

    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final Inflater inflater = new Inflater(true);

    /** A message's frames: compressed, then cut into fragments of a size, or not if that is 0. */
    public byte[] message(int opcode, byte[] payload, int fragment) {
        byte[] deflated = deflated(payload);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int size = fragment == 0 ? Math.max(1, deflated.length) : fragment;
        for (int at = 0; at < deflated.length; at += size) {
            byte[] piece = Arrays.copyOfRange(deflated, at, Math.min(deflated.length, at + size));
            int last = at + size >= deflated.length ? 0x80 : 0;
            int first = at == 0 ? 0x40 | opcode : Opcode.CONTINUATION;
            frames.writeBytes(ClientFrames.raw(last | first, ClientFrames.length(piece.length), piece));
        }
        return frames.toByteArray();
    }

    byte[] deflated(byte[] payload) {
        deflater.reset();
        deflater.setInput(payload);
        byte[] buffer = new byte[payload.length + payload.length / 1000 + 64];
        int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        return Arrays.copyOf(buffer, length - 4);
    }

    /** For a receiver that looks back no further than a window: zlib's own, or so much at a time. */
    byte[] deflated(byte[] payload, int window) {
        if (window == ZLIB_WINDOW) {
            return deflated(payload);
        }
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        for (int at = 0; at < payload.length; at += window) {
            deflated.writeBytes(at == 0 ? new byte[0] : TAIL);
            deflated.writeBytes(deflated(Arrays.copyOfRange(payload, at, Math.min(payload.length, at + window))));
        }
        return deflated.toByteArray();
    }

    /** The payload of a server's frame, compressed or not. */
    public byte[] inflated(WireClient.Frame frame) {
        return (frame.first() & 0x40) == 0 ? frame.payload() : inflated(frame.payload());
    }

    byte[] inflated(byte[] payload) {
        inflater.reset();
        byte[] input = Arrays.copyOf(payload, payload.length + 4);
        input[payload.length + 2] = -1;
        input[payload.length + 3] = -1;
        inflater.setInput(input);
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int count = inflater.inflate(buffer); count > 0; count = inflater.inflate(buffer)) {
                inflated.write(buffer, 0, count);
            }
        } catch (DataFormatException e) {
            throw new AssertionError(e);
        }
        return inflated.toByteArray();
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
