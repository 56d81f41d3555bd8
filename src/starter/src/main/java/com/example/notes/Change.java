package com.example.notes;

/** What clients receive, as JSON: {@code {"type": "added", "id": 1, "text": "milk"}}. Immutable. */
public record Change(String type, long id, String text) {
    static Change added(Note note) {
        return new Change("added", note.id(), note.text());
    }

    static Change removed(long id) {
        return new Change("removed", id, "");
    }
}
