package org.pekkochannels.bench;

/**
 * What clients and servers say to each other in a room, and to the database.
 *
 * @param message the text
 */
public record ChatMessage(String message) {}
