package org.pekkochannels.layer;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of a group's presence; large ones in several parts. Not thread-safe.
 *
 * <pre>{"type":"presence","group":"room_lobby","state":false,"joins":{"ann":{"x1":{..}}},"leaves":{"bob":["x2"]}}</pre>
 */
final class PresenceWriter {
    /** How an event begins; its group follows. */
    static final String BEGIN = "{\"type\":\"presence\",\"group\":\"";

    /** The size at which a part ends, in bytes. The last entry of a part exceeds it by its size. */
    static final int PART = 1 << 18;

    private final String group;
    private final List<Event> parts = new ArrayList<>(1);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private @Nullable String key;
    private boolean leaves;

    PresenceWriter(String group) {
        this.group = group;
    }

    /** The events of changes. */
    static List<Event> diff(String group, PresenceView.Changes changes) {
        PresenceWriter writer = new PresenceWriter(group);
        writer.begin(false);
        changes.joins().forEach(writer::join);
        changes.leaves().forEach(writer::leave);
        writer.end();
        return writer.parts;
    }

    /** The event of one page of a state, the first one or a later one. */
    static Event state(String group, boolean first, List<PresenceSlot> page) {
        PresenceWriter writer = new PresenceWriter(group);
        writer.begin(first);
        page.forEach(writer::add);
        writer.end();
        return writer.parts.get(0);
    }

    /** A text as JSON in UTF-8, with its quotes; fails with {@link IllegalArgumentException} for unpaired surrogates. */
    static byte[] quoted(String text) {
        byte[] inner = JsonStringEncoder.getInstance().quoteAsUTF8(text);
        byte[] quoted = new byte[inner.length + 2];
        quoted[0] = '"';
        System.arraycopy(inner, 0, quoted, 1, inner.length);
        quoted[quoted.length - 1] = '"';
        return quoted;
    }

    private void begin(boolean state) {
        write(BEGIN + group + "\",\"state\":" + state + ",\"joins\":{");
        key = null;
        leaves = false;
    }

    private void join(PresenceSlot slot) {
        splitIfFull();
        add(slot);
    }

    private void add(PresenceSlot slot) {
        byte[] meta = slot.sent;
        if (meta == null) {
            throw new IllegalStateException("an entry is written before its meta is set");
        }
        open(slot, "{");
        write("\"" + slot.ref() + "\":");
        out.writeBytes(meta);
    }

    private void leave(PresenceSlot slot) {
        splitIfFull();
        if (!leaves) {
            beginLeaves();
        }
        open(slot, "[");
        write("\"" + slot.ref() + "\"");
    }

    /** Continues the open key, or opens the slot's. */
    private void open(PresenceSlot slot, String bracket) {
        if (slot.key().equals(key)) {
            write(",");
            return;
        }
        if (key != null) {
            closeKey();
            write(",");
        }
        out.writeBytes(slot.keyJson());
        write(":" + bracket);
        key = slot.key();
    }

    private void beginLeaves() {
        closeKey();
        write("},\"leaves\":{");
        leaves = true;
    }

    private void closeKey() {
        if (key != null) {
            write(leaves ? "]" : "}");
            key = null;
        }
    }

    private void splitIfFull() {
        if (out.size() >= PART) {
            end();
            begin(false);
        }
    }

    private void end() {
        if (!leaves) {
            beginLeaves();
        }
        closeKey();
        write("}}");
        parts.add(Event.ofJson(Presence.EVENT, out.toByteArray()));
        out.reset();
    }

    private void write(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
