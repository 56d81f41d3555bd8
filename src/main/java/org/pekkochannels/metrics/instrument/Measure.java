package org.pekkochannels.metrics.instrument;

import java.util.Map;
import java.util.TreeMap;

/**
 * The name and description of a metric. Immutable.
 *
 * <p>Names follow Micrometer: lower case, with dots. The registry converts them for its system, for Prometheus for example to
 * {@code channels_database_waiting_calls}.
 *
 * @param name the name, beginning with {@code channels.}
 * @param unit what is counted, in the plural; {@code seconds} for a time
 * @param meaning one sentence for readers of the metric
 * @param tags distinguish metrics with the same name
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
     * A metric without tags.
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
     * The same with an additional tag.
     *
     * @param key the tag's key
     * @param value one of a small set: each value is a separate series in every monitoring system
     * @return another measure
     */
    public Measure tag(String key, String value) {
        Map<String, String> more = new TreeMap<>(tags);
        more.put(key, value);
        return new Measure(name, unit, meaning, more);
    }
}
