package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import org.pekkochannels.concurrent.Printable;

/** The rules for names: ASCII letters, digits, dot, underscore and hyphen, which every back end accepts. */
final class Names {
    /** One less than 100, as in Django Channels. */
    static final int MAX_LENGTH = 99;

    // Enough to recognise a name that is far too long.
    private static final int MAX_SHOWN = 120;

    private Names() {}

    static void checkGroup(String name) {
        requireNonNull(name, "the name of a group must not be null");
        if (name.length() > MAX_LENGTH || !isPlain(name)) {
            throw bad("group name", "1-99 of [A-Za-z0-9._-] (GroupName.of(prefix, text) accepts any text)", name);
        }
    }

    static void checkChannel(String name) {
        requireNonNull(name, "the name of a channel must not be null");
        int mark = name.indexOf('!');
        String common = mark < 0 ? name : name.substring(0, mark);
        String local = mark < 0 ? "" : name.substring(mark + 1);
        if (name.length() > MAX_LENGTH || !isPlain(common) || !isPlainOrEmpty(local)) {
            throw bad("channel name", "1-99 of [A-Za-z0-9._-] with at most one '!', not at its start", name);
        }
    }

    static void checkNamed(String name) {
        requireNonNull(name, "the name of a channel must not be null");
        if (name.length() > MAX_LENGTH || !isPlain(name)) {
            throw bad("name of a channel with a chosen name", "1-99 of [A-Za-z0-9._-]", name);
        }
    }

    /** Whether a channel's owner chose its name; a generated name contains an exclamation mark. */
    static boolean isChosen(String channel) {
        return channel.indexOf('!') < 0;
    }

    static void checkType(String type) {
        requireNonNull(type, "the type of an event must not be null");
        if (type.length() > MAX_LENGTH || !isPlain(type) || type.charAt(0) == '_' || type.charAt(0) == '.') {
            throw bad("event type", "1-99 of [A-Za-z0-9._-], not beginning with '_' or '.'", type);
        }
    }

    static boolean isPlainOrEmpty(String text) {
        return text.isEmpty() || isPlain(text);
    }

    static IllegalArgumentException bad(String what, String rule, String was) {
        return new IllegalArgumentException(what + " must be " + rule + ", was '" + shown(was) + "'");
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.chars().allMatch(Names::isPlain);
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    // A name may come from a client: it must not be able to add lines to a log.
    private static String shown(String name) {
        String line = Printable.line(name, MAX_SHOWN);
        return name.length() <= MAX_SHOWN ? line : line + " (" + name.length() + " characters)";
    }
}
