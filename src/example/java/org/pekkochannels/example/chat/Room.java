package org.pekkochannels.example.chat;

/** The names of rooms: any text that can be one segment of a path. */
final class Room {
    /** The width of the tutorial's input. */
    static final int MAX_LENGTH = 100;

    /** Only logged-in users may enter this one. */
    static final String MEMBERS = "members";

    static final String RULE = "a room's name is 1-" + MAX_LENGTH + " characters without '/'";

    private Room() {}

    static boolean isForMembers(String room) {
        return room.equals(MEMBERS);
    }

    static boolean isName(String text) {
        return !text.isBlank()
                && text.length() <= MAX_LENGTH
                && text.chars().noneMatch(c -> c == '/' || Character.isISOControl(c));
    }
}
