package org.pekkochannels.example.chat;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.example.Text;

/**
 * A client's message: {@code {"message": "hello"}} as in the tutorial, with an optional {@code "name"}. Immutable.
 *
 * @param message the text, at most {@link #MAX_MESSAGE} characters
 * @param name the author, at most {@link #MAX_NAME} characters; empty if the client sent none
 */
record Draft(String message, String name) {
    /** As many characters as fit on a screen. */
    static final int MAX_MESSAGE = 2000;
    /** As many characters as fit beside a message on a phone. */
    static final int MAX_NAME = 40;

    /** Fails with {@link IllegalArgumentException}, whose message is for the client. */
    Draft {
        Text.checkLength("a message", message, MAX_MESSAGE);
        Text.checkLength("a name", name, MAX_NAME);
    }

    /** The same message by another author. */
    Draft by(String author) {
        return new Draft(message, author);
    }

    @JsonCreator
    static Draft of(@JsonProperty("message") @Nullable String message, @JsonProperty("name") @Nullable String name) {
        if (message == null) {
            throw new IllegalArgumentException("a frame needs a \"message\"");
        }
        return new Draft(Text.storable(message), Text.storable(name).strip());
    }
}
