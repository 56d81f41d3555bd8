package org.pekkochannels.middleware;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses, with 403, connections that a foreign site's page has opened in its visitor's browser.
 *
 * <p>Browsers send cookies to any site's WebSocket whatever page asks for it, so the page's origin is all that tells
 * friend from foe. A page of the host that it connects to is a friend; {@code channels.http.allowed-origins} names more,
 * by the rules of Channels' {@code OriginValidator}. Clients that are no browsers send no Origin, and carry nobody's
 * cookies; {@code channels.http.missing-origin} tells whether they may connect. Immutable and thread-safe.
 */
public final class OriginCheck {
    private static final Logger LOG = LoggerFactory.getLogger(OriginCheck.class);
    private static final String PATH = "channels.http";
    private static final Refusal FORBIDDEN =
            Refusal.of(403, "Origin not allowed").because(Refusal.Reason.ORIGIN);

    private final List<OriginPattern> allowed;
    private final MissingOrigin missing;

    /** What becomes of a connection without an Origin header. */
    private enum MissingOrigin {
        ALLOW,
        REFUSE
    }

    private OriginCheck(List<OriginPattern> allowed, MissingOrigin missing) {
        this.allowed = List.copyOf(allowed);
        this.missing = missing;
    }

    /**
     * The check that a configuration asks for; warns where it lets everybody in.
     *
     * @param config the whole configuration
     * @return the check; fails with {@link com.typesafe.config.ConfigException} for an entry that is no origin
     */
    public static OriginCheck of(Config config) {
        Settings settings = Settings.of(config, PATH);
        List<OriginPattern> allowed = settings.texts("allowed-origins").stream()
                .map(text -> pattern(settings, text))
                .toList();
        if (allowed.stream().anyMatch(OriginPattern::isAny)) {
            LOG.warn("pages of any site may open WebSockets here: channels.http.allowed-origins contains '*'");
        }
        return new OriginCheck(allowed, settings.choice("missing-origin", MissingOrigin.class));
    }

    /**
     * An application behind this check.
     *
     * @param application answers those who pass
     * @return the application to be served
     */
    public Application around(Application application) {
        return scope -> allows(scope) ? application.open(scope) : CompletableFuture.completedFuture(FORBIDDEN);
    }

    /** Whether the page may connect, or the client that is no page. */
    boolean allows(Scope scope) {
        List<String> origins = scope.headers().stream()
                .filter(header -> header.is("Origin"))
                .map(header -> header.value().strip())
                .toList();
        if (allowed.stream().anyMatch(OriginPattern::isAny)) {
            return true;
        }
        return origins.isEmpty()
                ? missing == MissingOrigin.ALLOW
                : origins.size() == 1 && allows(origins.get(0), scope.header("Host"));
    }

    private boolean allows(String text, Optional<String> host) {
        return OriginPattern.Origin.parse(text)
                .filter(origin -> host.filter(origin::isHost).isPresent()
                        || allowed.stream().anyMatch(pattern -> pattern.matches(origin)))
                .isPresent();
    }

    private static OriginPattern pattern(Settings settings, String text) {
        try {
            return new OriginPattern(text);
        } catch (IllegalArgumentException e) {
            throw settings.bad("allowed-origins", "each " + e.getMessage(), text);
        }
    }
}
