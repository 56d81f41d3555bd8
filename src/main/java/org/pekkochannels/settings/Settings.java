package org.pekkochannels.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One section of the configuration, read with bounds.
 *
 * <p>Every method fails with a {@link ConfigException} that names the full key, the bounds and the value found; no value is silently
 * corrected. Immutable and thread-safe.
 */
public final class Settings {
    // Texts that Config would read as milliseconds.
    private static final Pattern NUMBER = Pattern.compile("\\s*[-+]?(0[xX])?[0-9.]+([eEpP][-+]?[0-9]+)?\\s*");
    private static final Pattern WHOLE = Pattern.compile("\\s*[-+]?[0-9]+\\s*");
    private static final Pattern NOT_IN_LINES = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final int MOST_SHOWN = 300;
    private static final String SIZE = "a size in bytes (65536, 64 KiB, 1 MiB)";
    private static final String TIME = "a length of time (250ms, 10s, 5m)";

    // The environment variables that reference.conf reads.
    private static final Map<String, String> VARIABLES = Map.of(
            "channels.http.interface", "HOST",
            "channels.http.port", "PORT",
            "channels.development", "CHANNELS_DEVELOPMENT",
            "channels.database.threads", "ASGI_THREADS",
            "channels.database.url", "DATABASE_URL");

    private final Config root;
    private final String path;

    private Settings(Config root, String path) {
        this.root = root;
        this.path = path;
    }

    /**
     * The section of {@code root} at {@code path}.
     *
     * @param root the whole, resolved configuration
     * @param path the section's path, for example {@code channels.database}
     * @return the section
     */
    public static Settings of(Config root, String path) {
        return new Settings(root, path);
    }

    /**
     * Whether {@code channels.development} is on, which enables additional checks at some cost.
     *
     * @param root the whole, resolved configuration
     * @return whether it is on
     */
    public static boolean isDevelopment(Config root) {
        return of(root, "channels").flag("development");
    }

    /**
     * A whole number.
     *
     * @param key the key within this section
     * @param min the smallest legal value
     * @param max the largest legal value
     * @return the value, within the bounds
     */
    public int integer(String key, int min, int max) {
        return bounded(key, Settings::wholeNumber, min, max, "a whole number", String::valueOf);
    }

    /**
     * A size in bytes, written as {@code 65536} or {@code 64 KiB}.
     *
     * @param key the key within this section
     * @param min the smallest legal size, in bytes
     * @param max the largest legal size, in bytes
     * @return the size in bytes, within the bounds
     */
    public int bytes(String key, int min, int max) {
        String rule = rule((long) min, (long) max, SIZE, String::valueOf);
        String text = single(key, rule);
        if (isNumber(text) && !WHOLE.matcher(text).matches()) {
            throw bad(key, rule, text);
        }
        return bounded(key, Config::getBytes, (long) min, (long) max, SIZE, String::valueOf)
                .intValue();
    }

    /**
     * A duration, written as {@code 10s} or {@code 250 ms}. A number without a unit is rejected.
     *
     * @param key the key within this section
     * @param min the shortest legal duration
     * @param max the longest legal duration
     * @return the duration, within the bounds
     */
    public Duration duration(String key, Duration min, Duration max) {
        return duration(key, min, max, TIME);
    }

    /**
     * A duration as in {@link #duration(String, Duration, Duration)}, or {@code off}.
     *
     * @param key the key within this section
     * @param min the shortest legal duration
     * @param max the longest legal duration
     * @return the duration, within the bounds, or empty if off
     */
    public Optional<Duration> durationOrOff(String key, Duration min, Duration max) {
        String kind = "'off' or " + TIME;
        return single(key, rule(min, max, kind, Settings::written)).equals("off")
                ? Optional.empty()
                : Optional.of(duration(key, min, max, kind));
    }

    /**
     * A switch.
     *
     * @param key the key within this section
     * @return whether it is on
     */
    public boolean flag(String key) {
        try {
            return root.getBoolean(full(key));
        } catch (ConfigException.WrongType | ConfigException.Null e) {
            throw bad(key, "must be on or off", shown(key));
        }
    }

    /**
     * One of the names of an enum, written in lower case with dashes.
     *
     * @param key the key within this section
     * @param type the enum
     * @param <E> the enum
     * @return the constant of that name
     */
    public <E extends Enum<E>> E choice(String key, Class<E> type) {
        String rule = "must be one of "
                + Arrays.stream(type.getEnumConstants()).map(Settings::name).collect(Collectors.joining(", "));
        String text = single(key, rule);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> name(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> bad(key, rule, text));
    }

    /**
     * A text, unchanged.
     *
     * @param key the key within this section
     * @return the text, possibly empty
     */
    public String text(String key) {
        try {
            return root.getString(full(key));
        } catch (ConfigException.WrongType | ConfigException.Null e) {
            // The message must not contain the value, which may be a secret.
            String type = found(key).valueType().name().toLowerCase(Locale.ROOT);
            throw secret(key, "must be a single value, in quotes if it is a text, was of type " + type);
        }
    }

    /**
     * The failure for a key whose value must not be shown.
     *
     * @param key the key within this section
     * @param rule what the value must be
     * @return the exception, for the caller to throw
     */
    public ConfigException secret(String key, String rule) {
        return new ConfigException.BadValue(found(key).origin(), full(key), rule);
    }

    /**
     * A list of texts.
     *
     * @param key the key within this section
     * @return the texts in their order, possibly none
     */
    public List<String> texts(String key) {
        try {
            return root.getStringList(full(key));
        } catch (ConfigException.WrongType | ConfigException.Null e) {
            throw bad(key, "must be a list of texts in quotes, written [\"a\", \"null\"]", shown(key));
        }
    }

    /**
     * A list of sections, such as {@code [{prefix = chat, size = 100}]}. The failures of each name its place in the list, as in
     * {@code history.0.size}.
     *
     * @param key the key within this section
     * @param keys the keys that each section may have; another one is a failure
     * @return the sections in their order, possibly none
     */
    public List<Settings> sections(String key, List<String> keys) {
        List<? extends Config> sections;
        try {
            sections = root.getConfigList(full(key));
        } catch (ConfigException.WrongType | ConfigException.Null e) {
            throw bad(key, "must be a list of sections with the keys " + String.join(", ", keys), shown(key));
        }
        sections.stream()
                .flatMap(section -> section.root().keySet().stream())
                .filter(name -> !keys.contains(name))
                .forEach(name -> {
                    throw bad(key, "must be a list of sections with the keys " + String.join(", ", keys), name);
                });
        return IntStream.range(0, sections.size())
                .mapToObj(i -> section(sections.get(i), full(key) + "." + i))
                .toList();
    }

    private static Settings section(Config section, String path) {
        return new Settings(section.atPath(path), path);
    }

    /**
     * The failure for a value that violates a rule.
     *
     * @param key the key within this section
     * @param rule what the value must be, for example {@code must be 'auto' or from 1 to 4096}
     * @param was the value found
     * @return the exception, for the caller to throw
     */
    public ConfigException bad(String key, String rule, String was) {
        String variable = VARIABLES.get(full(key));
        String cure = variable == null ? "" : " (environment variable " + variable + " sets it)";
        return new ConfigException.BadValue(
                found(key).origin(), full(key), rule + ", was '" + inOneLine(was) + "'" + cure);
    }

    /** A value from a file may contain line breaks, and be long. */
    private static String inOneLine(String value) {
        String shown = value.length() > MOST_SHOWN ? value.substring(0, MOST_SHOWN) + ".." : value;
        return NOT_IN_LINES.matcher(shown).replaceAll("?");
    }

    private Duration duration(String key, Duration min, Duration max, String kind) {
        requireUnit(key, rule(min, max, kind, Settings::written));
        return bounded(key, Config::getDuration, min, max, kind, Settings::written);
    }

    /** Config's own getDuration reads a plain number as milliseconds, but users may mean seconds. */
    private void requireUnit(String key, String rule) {
        String text = single(key, rule);
        if (NUMBER.matcher(text).matches()) {
            throw bad(key, rule + ", written with its unit, for example '60s'", text);
        }
    }

    /** The forms in which Java writes numbers, which Config accepts too: 1.5, 1e3, 8d, NaN. */
    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException other) {
            return false;
        }
    }

    private static <T> String rule(T min, T max, String kind, Function<T, String> shown) {
        return "must be " + kind + " from " + shown.apply(min) + " to " + shown.apply(max);
    }

    private <T extends Comparable<T>> T bounded(
            String key, BiFunction<Config, String, T> reader, T min, T max, String kind, Function<T, String> shown) {
        String rule = rule(min, max, kind, shown);
        T value;
        try {
            value = reader.apply(root, full(key));
        } catch (ConfigException.WrongType | ConfigException.BadValue | ConfigException.Null e) {
            throw bad(key, rule, shown(key));
        }
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw bad(key, rule, shown(key));
        }
        return value;
    }

    /** The text of a value that is not a list, object or null. */
    private String single(String key, String rule) {
        try {
            return root.getString(full(key));
        } catch (ConfigException.WrongType | ConfigException.Null e) {
            throw bad(key, rule, shown(key));
        }
    }

    private String shown(String key) {
        ConfigValue found = found(key);
        return found.valueType() == ConfigValueType.STRING
                ? (String) found.unwrapped()
                : found.render(ConfigRenderOptions.concise());
    }

    /** Also finds null, which Config's own getValue rejects. */
    private ConfigValue found(String key) {
        ConfigValue found = root.root();
        for (String name : ConfigUtil.splitPath(full(key))) {
            found = found instanceof ConfigObject section ? section.get(name) : null;
        }
        return found == null ? root.getValue(full(key)) : found;
    }

    /** Config's own getInt truncates 1.5 to 1. */
    private static int wholeNumber(Config config, String path) {
        try {
            return Integer.parseInt(config.getString(path));
        } catch (NumberFormatException e) {
            throw new ConfigException.BadValue(path, "not a whole number", e);
        }
    }

    private String full(String key) {
        return path + "." + key;
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Formats a duration as in a configuration, for messages.
     *
     * @param duration the duration
     * @return for example {@code 30s} or {@code 250ms}
     */
    public static String written(Duration duration) {
        // Long durations are shown in seconds, because the milliseconds of the longest ones overflow a long.
        boolean seconds = duration.toMillisPart() == 0 || duration.toSeconds() / 1_000_000 != 0;
        return seconds ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
