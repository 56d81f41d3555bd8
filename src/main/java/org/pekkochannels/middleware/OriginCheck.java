package org.pekkochannels.middleware;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/**
 * Refuses, with 403, connections that a foreign site's page has opened in its visitor's browser.
 *
 * <p>Browsers send cookies to any site's WebSocket whatever page asks for it, so the page's origin is all that tells
 * friend from foe. A page of the host that it connects to is a friend; {@code channels.http.allowed-origins} names more,
 * by the rules of Channels' {@code OriginValidator}. Clients that are no browsers send no Origin, and carry nobody's
 * cookies; {@code channels.http.missing-origin} tells whether they may connect. What is refused is logged, as a warning once
 * a second at most. Thread-safe.
 */
public final class OriginCheck {
    private static final SafeLog LOG = SafeLog.of(OriginCheck.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MOST_LOGGED = 200;
    private static final String PATH = "channels.http";
    private static final Pattern SCHEME_AND_HOST = Pattern.compile("([^:/?#]*://)?[^/?#]*");
    private static final Refusal FORBIDDEN =
            Refusal.of(403, "Origin not allowed").because(Refusal.Reason.ORIGIN);

    private final List<OriginPattern> allowed;
    private final MissingOrigin missing;
    private final LogPace warnings = LogPace.of(INTERVAL);

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
        } else if (allowed.stream().anyMatch(OriginPattern::isOpaque)) {
            LOG.warn("pages of any site may open WebSockets here from a sandboxed frame:"
                    + " channels.http.allowed-origins contains 'null'");
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
        requireNonNull(application, "the application behind an origin check must not be null");
        return scope -> allows(scope) ? application.open(scope) : refuse(scope);
    }

    private CompletionStage<Opening> refuse(Scope scope) {
        String origin = printable(scope.header("Origin").map(OriginCheck::withoutSecrets));
        String host = printable(scope.host());
        if (warnings.next() > 0) {
            LOG.warn(
                    "refused a WebSocket to {} with 403: its origin is {}, its host {}; if it may connect, set"
                            + " channels.http.{} (logged once a second at most)",
                    scope.printablePath(),
                    origin,
                    host,
                    scope.header("Origin").isPresent() ? "allowed-origins" : "missing-origin");
        } else {
            LOG.debug("refused a WebSocket to {}: origin {}, host {}", scope.printablePath(), origin, host);
        }
        return CompletableFuture.completedFuture(FORBIDDEN);
    }

    /** Clients that are no browsers may send a whole URL, with a password or a token in it. */
    private static String withoutSecrets(String origin) {
        Matcher start = SCHEME_AND_HOST.matcher(origin);
        return origin.indexOf('@') < 0 && start.lookingAt() ? start.group() : "(not shown: it contains an @)";
    }

    private static String printable(Optional<String> value) {
        return value.map(text -> text.substring(0, Math.min(text.length(), MOST_LOGGED)))
                .map(text -> "'" + text.replaceAll("[^ -~]", "?") + "'")
                .orElse("missing");
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
                : origins.size() == 1 && allows(origins.get(0), scope.host());
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
