package org.pekkochannels.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code reference.conf} as it is read by people: each key with the comment right above it and the value after it. */
public final class Manual {
    // As it stands, whatever the environment of the tests says.
    private static final ConfigResolveOptions NO_ENVIRONMENT = ConfigResolveOptions.noSystem();
    private static final Pattern AMOUNT = Pattern.compile("\\d+( ?[A-Za-z]+)?");
    private static final Pattern NO_AMOUNT = Pattern.compile("off|auto");

    private Manual() {}

    /**
     * One key.
     *
     * @param path its whole name
     * @param comment what stands above it, in one line
     * @param value its default
     */
    public record Key(String path, String comment, Object value) {
        private static Key of(Map.Entry<String, ConfigValue> entry) {
            ConfigValue value = entry.getValue();
            return new Key(
                    entry.getKey(), String.join("", value.origin().comments()).strip(), value.unwrapped());
        }

        /** What the comment calls the default: that of a URL without its parameters. */
        public String shown() {
            String text = value instanceof List<?> list && list.isEmpty() ? "none" : String.valueOf(value);
            return text.isEmpty() ? "empty" : text.split(";", 2)[0];
        }

        /** Whether it is a number, a size or a time, or "off" or "auto" instead of one. */
        public boolean isAmount() {
            return AMOUNT.matcher(shown()).matches()
                    || (NO_AMOUNT.matcher(shown()).matches() && comment.startsWith("How "));
        }

        @Override
        public String toString() {
            return path;
        }
    }

    /** All keys. */
    public static Stream<Key> keys() {
        return ConfigFactory.parseFile(new File("src/main/resources/reference.conf"))
                .resolve(NO_ENVIRONMENT)
                .entrySet()
                .stream()
                .map(Key::of)
                .filter(key ->
                        key.path().startsWith("channels.")) // what Pekko must know is not for applications to change
                .sorted(Comparator.comparing(Key::path));
    }

    /** The defaults, with those of the libraries. */
    public static Config defaults() {
        return ConfigFactory.defaultReferenceUnresolved().resolve(NO_ENVIRONMENT);
    }
}
