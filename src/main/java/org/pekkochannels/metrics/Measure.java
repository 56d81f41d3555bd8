package org.pekkochannels.metrics;

import java.util.Map;
import java.util.TreeMap;

/**
 * What something that is measured is called; immutable.
 *
 * <p>Names are Micrometer's way: lower case, with dots; the registry makes of them what its system likes, Prometheus for
 * example {@code channels_database_waiting_calls}.
 *
 * @param name the name, beginning with {@code channels.}
 * @param unit what is counted, in the plural; {@code seconds} of a time
 * @param meaning one sentence for whoever looks at the number
 * @param tags what tells it from others of its name
 */
public record Measure(String name, String unit, String meaning, Map<String, String> tags) {
    /**
     * Checks the name.
     *
     * @param name the name
     * @param unit the unit
     * @param meaning the meaning
     * @param tags the tags
     */
    public Measure {
        if (!name.matches("channels(\\.[a-z]+)+")) {
            throw new IllegalArgumentException("a measure's name must be channels.lower.case, was '" + name + "'");
        }
        tags = Map.copyOf(tags);
    }

    /**
     * One without tags.
     *
     * @param name the name, beginning with {@code channels.}
     * @param unit what is counted, in the plural
     * @param meaning one sentence
     * @return the measure
     */
    public static Measure of(String name, String unit, String meaning) {
        return new Measure(name, unit, meaning, Map.of());
    }

    /**
     * The same with one more tag.
     *
     * @param key the tag's key
     * @param value one of few: each value is a series of its own in every system that keeps them
     * @return another measure
     */
    public Measure tag(String key, String value) {
        Map<String, String> more = new TreeMap<>(tags);
        more.put(key, value);
        return new Measure(name, unit, meaning, more);
    }
}
