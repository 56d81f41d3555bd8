/**
 * Answers that are written piece by piece, as a language model does, and that any tab on any node can follow from where it is.
 *
 * <p>The model is simulated. Read {@code AnswerWriter} first, which needs no client, and then {@code AnswerReader}.
 */
@NullMarked
package org.pekkochannels.example.answers;

import org.jspecify.annotations.NullMarked;
