package org.pekkochannels.bench;

/**
 * The answer to a message that was inserted.
 *
 * @param id its number
 */
public record Saved(long id) {}
