package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A place in the history of a group, after one of its events: opaque text that a client keeps, and presents when it comes back.
 *
 * <p>Only the layer that made a position can read it. Any text is accepted, because it comes from clients: a text that is not a position
 * of the group recovers nothing, and never fails. In JSON a position is a string. Immutable.
 */
public final class Position {
    /** The longest text that can be a position. */
    public static final int MAX_LENGTH = 64;

    /** No position: that of a client that comes for the first time, and of a group without history. */
    public static final Position NONE = new Position("");

    private final String text;

    private Position(String text) {
        this.text = text;
    }

    /**
     * The position that a client has presented.
     *
     * @param text any text; one that is empty or longer than {@value #MAX_LENGTH} characters becomes {@link #NONE}
     * @return the position
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Position of(String text) {
        requireNonNull(text, "the text of a position must not be null; use Position.NONE");
        return text.isEmpty() || text.length() > MAX_LENGTH ? NONE : new Position(text);
    }

    /**
     * The text to give to a client.
     *
     * @return at most {@value #MAX_LENGTH} characters; empty for {@link #NONE}
     */
    @JsonValue
    public String text() {
        return text;
    }

    /** Whether the other has the same text. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Position position && text.equals(position.text);
    }

    /** Computed from the text. */
    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text. */
    @Override
    public String toString() {
        return text;
    }
}
