package org.pekkochannels.layer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the events of a presence. A meta is not decoded but cut out, so that it stays as its sender wrote it.
 *
 * <p>Each meta was one JSON value when it entered, so the parser needs no bounds: a meta at such a bound would otherwise make a
 * whole difference unreadable. Not thread-safe.
 */
final class PresenceReader {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int GROUP = PresenceWriter.BEGIN.length();

    private final String text;
    private final SystemJson json;
    private final JsonParser parser;
    private boolean state;
    private final Map<String, List<Presence.Entry>> joins = new LinkedHashMap<>();
    private final Map<String, List<String>> leaves = new LinkedHashMap<>();

    private PresenceReader(byte[] bytes, SystemJson json) throws IOException {
        // As a text, because without the table of names the parser knows only the places of characters.
        this.text = new String(bytes, StandardCharsets.UTF_8);
        this.json = json;
        this.parser = JSON.createParser(text);
    }

    static Presence.Diff read(Event event) {
        GroupName group = group(event);
        return event.derived(Presence.Diff.class, bytes -> read(event, group, bytes));
    }

    private static Presence.Diff read(Event event, GroupName group, byte[] bytes) {
        try {
            return new PresenceReader(bytes, event.receivers()).diff(group);
        } catch (IOException e) {
            throw undecodable(event, e);
        }
    }

    /** The group, which is at a fixed place and consists of plain characters. */
    static GroupName group(Event event) {
        String start = event.start(GROUP + Names.MAX_LENGTH + 1);
        int end = start.indexOf('"', GROUP);
        if (!event.type().equals(Presence.EVENT) || !start.startsWith(PresenceWriter.BEGIN) || end < 0) {
            throw undecodable(event, new IOException("it does not begin as the events of a presence do"));
        }
        try {
            return new GroupName(start.substring(GROUP, end));
        } catch (IllegalArgumentException e) {
            throw undecodable(event, e);
        }
    }

    private static UndecodablePayloadException undecodable(Event event, Exception cause) {
        return new UndecodablePayloadException(event, Presence.Diff.class.getName(), cause);
    }

    // UTF-8 has no form for an unpaired surrogate.
    static boolean isPaired(String key) {
        return key.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** Fails with {@link IllegalArgumentException} unless the bytes are one JSON value. */
    static void requireOneValue(byte[] meta) {
        try (JsonParser parser = JSON.createParser(meta)) {
            if (parser.nextToken() == null) {
                throw new JsonParseException(parser, "it is empty");
            }
            skip(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "more than one value");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the meta of a presence must be one JSON value", e);
        }
    }

    private Presence.Diff diff(GroupName group) throws IOException {
        require(JsonToken.START_OBJECT);
        for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
            switch (member) {
                case "state" -> state = parser.nextToken() == JsonToken.VALUE_TRUE;
                case "joins" -> readJoins();
                case "leaves" -> readLeaves();
                default -> {
                    parser.nextToken();
                    skip(parser);
                }
            }
        }
        return new Presence.Diff(group, state, joins, leaves);
    }

    private void readJoins() throws IOException {
        require(JsonToken.START_OBJECT);
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            require(JsonToken.START_OBJECT);
            List<Presence.Entry> entries = new ArrayList<>(1);
            for (String ref = parser.nextFieldName(); ref != null; ref = parser.nextFieldName()) {
                parser.nextToken();
                entries.add(new Presence.Entry(key, ref, value(), json));
            }
            joins.put(key, entries);
        }
    }

    private void readLeaves() throws IOException {
        require(JsonToken.START_OBJECT);
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            require(JsonToken.START_ARRAY);
            List<String> refs = new ArrayList<>(1);
            while (parser.nextToken() == JsonToken.VALUE_STRING) {
                refs.add(parser.getText());
            }
            leaves.put(key, refs);
        }
    }

    /** The current value, in UTF-8. */
    private byte[] value() throws IOException {
        int from = (int) parser.currentTokenLocation().getCharOffset();
        skip(parser);
        return text.substring(from, (int) parser.currentLocation().getCharOffset())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void skip(JsonParser parser) throws IOException {
        parser.skipChildren();
        parser.finishToken();
    }

    private void require(JsonToken token) throws IOException {
        if (parser.nextToken() != token) {
            throw new JsonParseException(parser, "not of a presence");
        }
    }
}
