package org.pekkochannels.layer.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;

/** One event on its way to another node, as bytes: kind, target, excluded channel, type, payload. Names are ASCII of at most 99 characters. */
final class Transfer {
    private static final byte CHANNEL = 1;
    private static final byte GROUP = 2;

    private Transfer() {}

    static byte[] toChannel(String channel, Event event) {
        return written(CHANNEL, channel, "", event);
    }

    static byte[] toGroup(GroupName group, @Nullable String excluded, Event event) {
        return written(GROUP, group.value(), excluded == null ? "" : excluded, event);
    }

    private static byte[] written(byte kind, String target, String excluded, Event event) {
        String type = event.type();
        byte[] json = event.jsonBytes();
        int size = 1 + 3 + target.length() + excluded.length() + type.length() + Integer.BYTES + json.length;
        ByteBuffer to = ByteBuffer.allocate(size).put(kind);
        write(to, target);
        write(to, excluded);
        write(to, type);
        return to.putInt(json.length).put(json).array();
    }

    /** Reads the next event, and delivers it. */
    static void deliver(ByteBuffer from, LocalChannels local) {
        byte kind = from.get();
        String target = read(from);
        String excluded = read(from);
        String type = read(from);
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new IllegalArgumentException("a payload of " + length + " bytes, " + from.remaining() + " are left");
        }
        byte[] json = new byte[length];
        from.get(json);
        Event event = Event.ofJson(type, json);
        switch (kind) {
            case CHANNEL -> local.deliver(target, event);
            case GROUP -> deliverToGroup(new GroupName(target), excluded, event, local);
            default -> throw new IllegalArgumentException("an event of kind " + kind + " is not known");
        }
    }

    private static void deliverToGroup(GroupName group, String excluded, Event event, LocalChannels local) {
        if (excluded.isEmpty()) {
            local.deliverToGroup(group, event);
        } else {
            local.deliverToGroupExcept(group, excluded, event);
        }
    }

    static void write(ByteBuffer to, String name) {
        to.put((byte) name.length()).put(name.getBytes(ISO_8859_1));
    }

    static String read(ByteBuffer from) {
        byte[] name = new byte[from.get()];
        from.get(name);
        return new String(name, ISO_8859_1);
    }
}
