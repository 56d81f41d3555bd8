package org.pekkochannels.layer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes deltas as bytes for other nodes, large ones in several parts, and reads them.
 *
 * <pre>version, flags, node, number, index of the part, number of changes; of each: group, reference, key, meta or -1</pre>
 */
final class PresenceParts {
    /** The size at which a part ends, in bytes. The last entry of a part exceeds it by its size. */
    static final int SIZE = 1 << 16;

    private static final byte VERSION = 1;
    private static final byte FULL = 1;
    private static final byte LAST = 2;

    private PresenceParts() {}

    /**
     * One part.
     *
     * @param delta the delta, with some of its changes
     * @param index the number of the part, from 0
     * @param last whether it is the last one of the delta
     */
    record Part(PresenceDelta delta, int index, boolean last) {}

    static List<byte[]> write(PresenceDelta delta) {
        List<byte[]> parts = new ArrayList<>(1);
        List<PresenceDelta.Change> changes = delta.changes();
        int from = 0;
        do {
            int to = end(changes, from);
            parts.add(written(delta, parts.size(), changes.subList(from, to), to == changes.size()));
            from = to;
        } while (from < changes.size());
        return parts;
    }

    private static int end(List<PresenceDelta.Change> changes, int from) {
        int size = 0;
        int to = from;
        while (to < changes.size() && size < SIZE) {
            size += changes.get(to++).size();
        }
        return to;
    }

    private static byte[] written(PresenceDelta delta, int index, List<PresenceDelta.Change> changes, boolean last) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream to = new DataOutputStream(bytes)) {
            to.writeByte(VERSION);
            to.writeByte((delta.full() ? FULL : 0) | (last ? LAST : 0));
            text(to, delta.node());
            to.writeLong(delta.number());
            to.writeInt(index);
            to.writeInt(changes.size());
            for (PresenceDelta.Change change : changes) {
                write(to, change);
            }
        } catch (IOException e) { // not by a stream into memory
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream to, PresenceDelta.Change change) throws IOException {
        text(to, change.group());
        text(to, change.ref());
        text(to, change.key());
        byte[] meta = change.meta();
        to.writeInt(meta == null ? -1 : meta.length);
        if (meta != null) {
            to.write(meta);
        }
    }

    private static void text(DataOutputStream to, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        to.writeShort(bytes.length);
        to.write(bytes);
    }

    /** Fails with {@link IllegalArgumentException} if the bytes are not a part. */
    static Part read(byte[] part) {
        ByteBuffer from = ByteBuffer.wrap(part);
        try {
            byte version = from.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("a part of a presence has the unknown version " + version);
            }
            return read(from);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a part of a presence is incomplete", e);
        }
    }

    private static Part read(ByteBuffer from) {
        byte flags = from.get();
        String node = text(from);
        long number = from.getLong();
        int index = from.getInt();
        int count = from.getInt();
        List<PresenceDelta.Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(new PresenceDelta.Change(text(from), text(from), text(from), meta(from)));
        }
        return new Part(new PresenceDelta(node, number, (flags & FULL) != 0, changes), index, (flags & LAST) != 0);
    }

    private static byte @Nullable [] meta(ByteBuffer from) {
        int length = from.getInt();
        return length < 0 ? null : bytes(from, length);
    }

    private static String text(ByteBuffer from) {
        return new String(bytes(from, Short.toUnsignedInt(from.getShort())), UTF_8);
    }

    private static byte[] bytes(ByteBuffer from, int length) {
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }
}
