package org.pekkochannels.example.board;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.example.Text;

/** A client's message: {@code {"action": "create", "title": .., "message": ..}} or {@code {"action": "delete", "id": ..}}. Immutable. */
sealed interface Command {
    /** One line above a note. */
    int MAX_TITLE = 100;
    /** A hundred notes of this length are sent in one frame. */
    int MAX_MESSAGE = 1000;

    /** Creates a note; the default action. */
    record Create(String title, String message) implements Command {
        public Create {
            Text.checkLength("a title", title, MAX_TITLE);
            Text.checkLength("a message", message, MAX_MESSAGE);
        }
    }

    /** Deletes a note. */
    record Delete(long id) implements Command {}

    /** Fails with {@link IllegalArgumentException}, whose message is for the client. */
    @JsonCreator
    static Command of(
            @JsonProperty("action") @Nullable String action,
            @JsonProperty("title") @Nullable String title,
            @JsonProperty("message") @Nullable String message,
            @JsonProperty("id") @Nullable Long id) {
        if (action == null || action.equals("create")) {
            return new Create(Text.storable(title), Text.storable(message));
        }
        if (action.equals("delete") && id != null) {
            return new Delete(id);
        }
        throw new IllegalArgumentException("action must be create, or delete with an id");
    }
}
