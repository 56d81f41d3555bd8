package org.pekkochannels.example.answers;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Stands for a language model. Its answer to a question is always the same, word by word, so that any process can continue it.
 * Thread-safe.
 */
final class SimulatedModel {
    private static final Pattern WORD = Pattern.compile("\\S+\\s*");
    private static final String ANSWER = """
            “%s” is a good question. This model is a simulated one and cannot answer it. It can tell you how these \
            words reach you.

            1. Each word is a transaction. It appends the word to a row of the database and sends it to the readers \
            of this answer: both happen, or neither does.

            2. An actor on a server writes the words, not your connection. Close this tab and wait a moment. Open the \
            address again, and the answer is further on.

            3. Open the address in another tab, or on another node. All tabs show the same words at the same time.

            4. Each word has a position. A tab that loses its connection presents its last position to any node, and \
            receives the words after it, each once.

            5. The process that writes is shown below. End it with kill -9. After a few seconds another node takes \
            the answer over, and continues after the last word that was committed.

            A real model is called in the same place, and its words are kept in the same way. You never pay for the \
            same answer twice.""";

    private SimulatedModel() {}

    /** All pieces of the answer, at least one. */
    static List<String> pieces(String question) {
        return WORD.matcher(ANSWER.formatted(question))
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
