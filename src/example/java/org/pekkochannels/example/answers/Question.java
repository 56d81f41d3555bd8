package org.pekkochannels.example.answers;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.example.Text;

/**
 * A client's question: {@code {"question": "Why?"}}. Immutable.
 *
 * @param question the text, from 1 to {@link #MAX_LENGTH} characters
 */
record Question(String question) {
    static final int MAX_LENGTH = 300;

    /** Fails with {@link IllegalArgumentException}, whose message is for the client. */
    Question {
        if (question.isEmpty()) {
            throw new IllegalArgumentException("a question needs some text");
        }
        Text.checkLength("a question", question, MAX_LENGTH);
    }

    @JsonCreator
    static Question of(@JsonProperty("question") @Nullable String question) {
        return new Question(Text.storable(question).strip());
    }
}
