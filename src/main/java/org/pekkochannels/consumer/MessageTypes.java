package org.pekkochannels.consumer;

import com.fasterxml.jackson.databind.JavaType;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The messages that the consumers of one actor system have registered with {@code onMessage(..)}. Each is checked once and shared by all
 * connections, so that an idle connection keeps no more than a reference to it. Thread-safe.
 */
final class MessageTypes {
    // Far more than an application has classes. Beyond, for example if names contain a user's, they are not shared.
    private static final int MOST_SHARED = 10_000;

    private final Json json;
    private final Map<Key, MessageType> shared = new ConcurrentHashMap<>();

    MessageTypes(Json json) {
        this.json = json;
    }

    private record Key(String name, Type type) {}

    /**
     * One kind of message. Immutable.
     *
     * @param name the text by which clients name it
     * @param type what its texts are decoded to
     * @param callback the name of its handler in logs
     */
    record MessageType(String name, JavaType type, String callback) {
        /** What a text should have been, for logs. */
        String description() {
            return "message '" + name + "' of " + type.toCanonical();
        }
    }

    /**
     * The message of a name and a type.
     *
     * @throws IllegalArgumentException if no JSON object can be read as the type
     */
    MessageType of(String name, Type type) {
        Key key = new Key(name, type);
        MessageType known = shared.get(key);
        return known == null ? make(key) : known;
    }

    private MessageType make(Key key) {
        JavaType type = json.requireReadableFromObject(key.type());
        MessageType made = new MessageType(key.name(), type, "onMessage(\"" + key.name() + "\")");
        if (shared.size() < MOST_SHARED) {
            shared.put(key, made);
        }
        return made;
    }
}
