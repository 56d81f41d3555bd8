package org.pekkochannels.example.board;

/**
 * One note on the board; immutable.
 *
 * @param id its number
 * @param title what stands above it
 * @param message what it says
 */
public record Note(long id, String title, String message) {}
