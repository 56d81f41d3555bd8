package org.pekkochannels.example.board;

/**
 * One note on the board. Immutable.
 *
 * @param id its number
 * @param title its title
 * @param message its text
 */
public record Note(long id, String title, String message) {}
