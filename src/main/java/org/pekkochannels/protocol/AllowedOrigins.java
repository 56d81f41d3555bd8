package org.pekkochannels.protocol;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;
import org.pekkochannels.settings.Settings;

/**
 * The origins of pages that may use this server: those of the host itself, and those of {@code channels.http.allowed-origins}. Immutable.
 *
 * <p>Not API: public only because packages differ, and may change without notice.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class AllowedOrigins {
    private static final String KEY = "allowed-origins";

    private final List<OriginPattern> patterns;

    private AllowedOrigins(List<OriginPattern> patterns) {
        this.patterns = patterns;
    }

    /**
     * Reads {@code allowed-origins}.
     *
     * @param settings the section {@code channels.http}
     * @return the origins; fails with {@link com.typesafe.config.ConfigException} for an entry that is not an origin
     */
    public static AllowedOrigins of(Settings settings) {
        return new AllowedOrigins(settings.texts(KEY).stream()
                .map(text -> pattern(settings, text))
                .toList());
    }

    private static OriginPattern pattern(Settings settings, String text) {
        try {
            return new OriginPattern(text);
        } catch (IllegalArgumentException e) {
            throw settings.bad(KEY, "each " + e.getMessage(), text);
        }
    }

    /**
     * Whether pages of all sites are allowed.
     *
     * @return whether the list contains {@code *}
     */
    public boolean includeAll() {
        return patterns.stream().anyMatch(OriginPattern::isAny);
    }

    /**
     * Whether pages without an origin are allowed, such as those in sandboxed frames of any site.
     *
     * @return whether the list contains {@code null}
     */
    public boolean includeOpaque() {
        return patterns.stream().anyMatch(OriginPattern::isOpaque);
    }

    /**
     * Whether pages of an origin are allowed.
     *
     * @param text the value of the header {@code Origin}
     * @param host the host that the client requested, possibly with a port, if known
     * @return whether it is the host's origin, or one of the list
     */
    public boolean include(String text, Optional<String> host) {
        return OriginPattern.Origin.parse(text)
                .filter(origin -> host.filter(origin::isHost).isPresent()
                        || patterns.stream().anyMatch(pattern -> pattern.matches(origin)))
                .isPresent();
    }
}
