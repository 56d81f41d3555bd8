package org.pekkochannels.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the comment of a key says of its bounds.
 *
 * @param key the key
 * @param least the smallest legal value, as it is written there
 * @param most the largest
 */
public record Bounds(String key, String least, String most) {
    private static final String AMOUNT = "(\\d+(?:ms|s|m|h| days| B| [KMG]iB)?)";
    // "from 10ms to 1h"; also "from 0s, which .., to 1h".
    private static final Pattern BOUNDS =
            Pattern.compile("(?i:from |bounds: |, )" + AMOUNT + "(?:,[^.;]*,)? to " + AMOUNT + "\\b");
    private static final Pattern TIME = Pattern.compile("\\d+(ms|s|m|h| days)");

    /** Those of a key, if its comment says any. */
    public static Optional<Bounds> of(Manual.Key key) {
        Matcher found = BOUNDS.matcher(key.comment());
        return found.find() ? Optional.of(new Bounds(key.path(), found.group(1), found.group(2))) : Optional.empty();
    }

    /** The nearest values that are not legal: a millisecond, or one, less and more. */
    List<String> justOutside() {
        String unit = isTime() ? "ms" : "";
        return List.of(number(least) - 1 + unit, number(most) + 1 + unit);
    }

    /** What a failure says of them. */
    String rule() {
        return "from " + shown(least) + " to " + shown(most);
    }

    boolean isTime() {
        return TIME.matcher(most).matches();
    }

    private String shown(String bound) {
        long number = number(bound);
        if (!isTime()) {
            return String.valueOf(number);
        }
        return number % 1000 == 0 ? number / 1000 + "s" : number + "ms";
    }

    /** Milliseconds, bytes, or just a number. */
    private long number(String bound) {
        Config config = ConfigFactory.parseMap(Map.of("bound", bound));
        return isTime() ? config.getDuration("bound").toMillis() : config.getBytes("bound");
    }

    @Override
    public String toString() {
        return key + " " + rule();
    }
}
