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
import org.apache.pekko.annotation.InternalApi;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.Printable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.AllowedOrigins;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/**
 * Refuses, with 403, WebSockets that pages of foreign sites open in a visitor's browser.
 *
 * <p>Browsers send a site's cookies with every WebSocket to it, whichever page opens the WebSocket. Only the page's origin distinguishes the site's
 * own pages from others. A page of the host that it connects to may connect; {@code channels.http.allowed-origins} adds further origins, by
 * the rules of Channels' {@code OriginValidator}. Clients other than browsers send no Origin and have no user's cookies;
 * {@code channels.http.missing-origin} decides whether they may connect. Refusals are logged as a warning, at most once a second.
 * Thread-safe.
 *
 * <p>Not API: {@code Channels} puts it in front of all endpoints.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class OriginCheck {
    private static final SafeLog LOG = SafeLog.of(OriginCheck.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MOST_LOGGED = 200;
    private static final String PATH = "channels.http";
    private static final Pattern SCHEME_AND_HOST = Pattern.compile("([^:/?#]*://)?[^/?#]*");
    private static final Refusal FORBIDDEN =
            Refusal.of(403, "Origin not allowed").because(Refusal.Reason.ORIGIN);

    private final AllowedOrigins allowed;
    private final MissingOrigin missing;
    private final LogPace warnings = LogPace.of(INTERVAL);

    /** Whether a connection without an Origin header may connect. */
    private enum MissingOrigin {
        ALLOW,
        REFUSE
    }

    private OriginCheck(AllowedOrigins allowed, MissingOrigin missing) {
        this.allowed = allowed;
        this.missing = missing;
    }

    /**
     * The check for a configuration. Logs a warning if the configuration admits pages of any site.
     *
     * @param config the whole configuration
     * @return the check; fails with {@link com.typesafe.config.ConfigException} for an entry that is not an origin
     */
    public static OriginCheck of(Config config) {
        Settings settings = Settings.of(config, PATH);
        AllowedOrigins allowed = AllowedOrigins.of(settings);
        if (allowed.includeAll()) {
            LOG.warn("channels.http.allowed-origins contains '*': pages of any site may open WebSockets here");
        } else if (allowed.includeOpaque()) {
            LOG.warn("channels.http.allowed-origins contains 'null': pages of any site may open WebSockets here"
                    + " from a sandboxed frame");
        }
        return new OriginCheck(allowed, settings.choice("missing-origin", MissingOrigin.class));
    }

    /**
     * Puts an application behind this check.
     *
     * @param application answers the connections that pass
     * @return the application to serve
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
                    "refused a WebSocket to {} with 403: its origin is {}, its host {}. To allow it, set"
                            + " channels.http.{} (logged at most once a second)",
                    scope.printablePath(),
                    origin,
                    host,
                    scope.header("Origin").isPresent() ? "allowed-origins" : "missing-origin");
        } else {
            LOG.debug("refused a WebSocket to {}: origin {}, host {}", scope.printablePath(), origin, host);
        }
        return CompletableFuture.completedFuture(FORBIDDEN);
    }

    /** Clients other than browsers may send a whole URL, which can contain a password or a token. */
    private static String withoutSecrets(String origin) {
        Matcher start = SCHEME_AND_HOST.matcher(origin);
        return origin.indexOf('@') < 0 && start.lookingAt() ? start.group() : "(not shown: it contains an @)";
    }

    private static String printable(Optional<String> value) {
        return value.map(text -> "'" + Printable.line(text, MOST_LOGGED) + "'").orElse("missing");
    }

    /** Whether the page, or the client without a page, may connect. */
    boolean allows(Scope scope) {
        List<String> origins = scope.headers().stream()
                .filter(header -> header.is("Origin"))
                .map(header -> header.value().strip())
                .toList();
        if (allowed.includeAll()) {
            return true;
        }
        return origins.isEmpty()
                ? missing == MissingOrigin.ALLOW
                : origins.size() == 1 && allowed.include(origins.get(0), scope.host());
    }
}
