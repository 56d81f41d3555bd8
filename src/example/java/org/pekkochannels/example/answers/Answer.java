package org.pekkochannels.example.answers;

/**
 * A question, and as much of its answer as is written. Immutable.
 *
 * @param id its key
 * @param question the question
 * @param text the pieces so far
 * @param pieces their number
 * @param done whether no other follows
 * @param writer the process that writes it, or has written it
 */
public record Answer(String id, String question, String text, int pieces, boolean done, String writer) {}
