package org.pekkochannels.layer;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.pekkochannels.settings.Settings;

/**
 * How much history the groups of one prefix keep. Immutable.
 *
 * @param prefix the first argument of {@link GroupName#of}
 * @param size the most events
 * @param ttl how long an event is kept
 */
record HistoryRule(String prefix, int size, Duration ttl) {
    private static final int MAX_SIZE = 100_000;
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofDays(7);
    private static final List<String> KEYS = List.of("prefix", "size", "ttl");
    private static final Pattern HASH = Pattern.compile("-[0-9a-f]{64}");

    /** Reads {@code channels.layer.history}; fails with a {@code ConfigException} that names the key. */
    static List<HistoryRule> of(Settings settings) {
        List<HistoryRule> rules = settings.sections("history", KEYS).stream()
                .map(HistoryRule::one)
                .toList();
        Set<String> prefixes = new HashSet<>();
        for (HistoryRule rule : rules) {
            if (!prefixes.add(rule.prefix())) {
                throw settings.bad("history", "must name each prefix once", rule.prefix());
            }
        }
        return rules;
    }

    private static HistoryRule one(Settings section) {
        String prefix = section.text("prefix");
        try {
            GroupName.of(prefix, "");
        } catch (IllegalArgumentException e) {
            throw section.bad(
                    "prefix", "must be the prefix of GroupName.of(prefix, text): 1-32 of [A-Za-z0-9.-]", prefix);
        }
        return new HistoryRule(prefix, section.integer("size", 1, MAX_SIZE), section.duration("ttl", MIN_TTL, MAX_TTL));
    }

    /** Whether {@link GroupName#of} made the name of this prefix, in either of its forms. */
    boolean matches(String group) {
        return group.startsWith(prefix) && isForm(group);
    }

    private boolean isForm(String group) {
        return group.length() > prefix.length()
                && (group.charAt(prefix.length()) == '_'
                        || HASH.matcher(group)
                                .region(prefix.length(), group.length())
                                .matches());
    }
}
