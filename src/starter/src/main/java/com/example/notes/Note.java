package com.example.notes;

/** A row of the table. Immutable. */
public record Note(long id, String text) {}
