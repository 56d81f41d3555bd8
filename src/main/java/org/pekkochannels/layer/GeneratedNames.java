package org.pekkochannels.layer;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.Collectors;

/** The names of nodes, and of channels whose owners chose none: {@code specific.<node>!<random>}. Stateless. */
final class GeneratedNames {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // 71 bits: as many as Django Channels uses, with digits added.
    private static final int RANDOM_LENGTH = 12;
    private static final String PREFIX = "specific.";

    private GeneratedNames() {}

    static String ofChannel(String node) {
        return PREFIX + node + "!" + random();
    }

    /** The node in a channel's name; empty if its owner chose the name. */
    static Optional<String> nodeOf(String channel) {
        Names.checkChannel(channel);
        int end = channel.indexOf('!');
        return channel.startsWith(PREFIX) && end > PREFIX.length()
                ? Optional.of(channel.substring(PREFIX.length(), end))
                : Optional.empty();
    }

    static String random() {
        return RANDOM.ints(RANDOM_LENGTH, 0, LETTERS.length())
                .mapToObj(LETTERS::charAt)
                .map(String::valueOf)
                .collect(Collectors.joining());
    }
}
