package org.pekkochannels.layer.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;

/**
 * One event from another node. As bytes: kind, target, excluded channel, type, payload. Names are ASCII of at most 99 characters.
 *
 * @param group the group it is for; null if it is for one channel
 * @param channel that channel, or the one of the group that does not receive it; empty if all do
 * @param event the event
 */
record Transfer(@Nullable GroupName group, String channel, Event event) {
    private static final byte CHANNEL = 1;
    private static final byte GROUP = 2;

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

    /** Reads the next event; fails with {@link IllegalArgumentException} or another exception if the bytes are not one. */
    static Transfer read(ByteBuffer from) {
        byte kind = from.get();
        String target = target(from, kind);
        String excluded = name(from);
        String type = name(from);
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new IllegalArgumentException("a payload of " + length + " bytes, " + from.remaining() + " are left");
        }
        byte[] json = new byte[length];
        from.get(json);
        Event event = Event.ofJson(type, json);
        return kind == GROUP ? new Transfer(new GroupName(target), excluded, event) : new Transfer(null, target, event);
    }

    private static String target(ByteBuffer from, byte kind) {
        if (kind != CHANNEL && kind != GROUP) {
            throw new IllegalArgumentException("an event of kind " + kind + " is not known");
        }
        return name(from);
    }

    /** A task that delivers it to the channels of this node, as they are now. */
    Runnable delivery(LocalChannels local) {
        return group == null
                ? () -> local.deliver(channel, event)
                : local.delivery(group, channel.isEmpty() ? null : channel, event);
    }

    /** What is missing without it. */
    Gap gap() {
        return group == null ? new Gap(Set.of()) : Gap.of(group);
    }

    static void write(ByteBuffer to, String name) {
        to.put((byte) name.length()).put(name.getBytes(ISO_8859_1));
    }

    /** Reads a name. */
    static String name(ByteBuffer from) {
        byte[] name = new byte[from.get()];
        from.get(name);
        return new String(name, ISO_8859_1);
    }
}
