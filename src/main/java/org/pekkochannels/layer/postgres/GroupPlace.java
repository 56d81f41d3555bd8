package org.pekkochannels.layer.postgres;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pekkochannels.layer.Position;

/**
 * A position in the history of a group, taken apart. Immutable.
 *
 * @param epoch the history, of which a group may have several one after the other
 * @param number how many events are before it
 */
record GroupPlace(String epoch, long number) {
    // Other spellings of a number, such as +7 and 007, are not ours.
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{12}):(0|[1-9][0-9]{0,17})");

    /** Empty for a text that this layer has not made. */
    static Optional<GroupPlace> of(Position position) {
        Matcher parts = FORM.matcher(position.text());
        return parts.matches()
                ? Optional.of(new GroupPlace(parts.group(1), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    static Position position(String epoch, long number) {
        return Position.of(epoch + ":" + number);
    }
}
