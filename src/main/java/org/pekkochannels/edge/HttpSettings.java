package org.pekkochannels.edge;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pekkochannels.concurrent.Printable;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.proxy.TrustedProxies;
import org.pekkochannels.settings.Settings;
import org.pekkochannels.tls.TlsSettings;

/**
 * The keys of {@code channels.http}. Immutable.
 *
 * @param host the interface to listen on: a name, an IPv4 or an IPv6 address
 * @param port the port, 0 for any free one
 * @param backlog the maximum number of connections that wait to be accepted
 * @param maxConnections the maximum number of TCP connections, including WebSockets
 * @param maxWebSockets the maximum number of WebSockets
 * @param health whether {@code /alive} and {@code /ready} are served
 * @param readyChecks the checks of {@code /ready}
 * @param maxHeaderBytes the maximum size of a request's head
 * @param maxHeaderFields its maximum number of header fields
 * @param headerTimeout the time for a client to send the first head, or a later one from its first byte
 * @param bodyTimeout the time for a client to send a body, plus a second per 500 bytes
 * @param idleTimeout the time that a plain HTTP connection may be idle
 * @param drainDelay the time for which the server continues to serve after {@code /ready} has changed to 503
 * @param shutdownGrace the time for running messages to end at shutdown
 * @param shutdownBatch the number of WebSockets that are closed at a time
 * @param shutdownCode the close code that they receive
 * @param proxies the proxies whose headers are trusted
 * @param tls the settings of TLS; empty if it is off
 */
public record HttpSettings(
        String host,
        int port,
        int backlog,
        int maxConnections,
        int maxWebSockets,
        boolean health,
        ReadyChecks readyChecks,
        int maxHeaderBytes,
        int maxHeaderFields,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration drainDelay,
        Duration shutdownGrace,
        int shutdownBatch,
        int shutdownCode,
        TrustedProxies proxies,
        Optional<TlsSettings> tls) {
    private static final Set<String> SHUTDOWN_CODES =
            Set.of(String.valueOf(CloseCode.SERVICE_RESTART), String.valueOf(CloseCode.GOING_AWAY));
    private static final int FIRST_UNPRIVILEGED = 1024;
    // Of a name, in a message.
    private static final int MOST_SHOWN = 253;
    private static final StackTraceElement[] NO_STACK = {};

    /**
     * The checks that must succeed for {@code /ready} to answer 200. Immutable.
     *
     * @param names the configured checks
     * @param timeout the time for a check
     * @param interval how long a result is reused
     */
    public record ReadyChecks(List<String> names, Duration timeout, Duration interval) {
        static ReadyChecks of(Settings settings) {
            return new ReadyChecks(
                    settings.texts("ready-checks"),
                    settings.duration("ready-check-timeout", Duration.ofMillis(10), Duration.ofMinutes(1)),
                    settings.duration("ready-check-interval", Duration.ZERO, Duration.ofMinutes(10)));
        }
    }

    /**
     * Reads and checks the keys.
     *
     * @param config the whole configuration
     * @return the settings; fails with {@link com.typesafe.config.ConfigException} naming key, value and bounds
     */
    public static HttpSettings of(Config config) {
        Settings settings = Settings.of(config, "channels.http");
        String host = settings.text("interface");
        if (host.isBlank()) {
            throw settings.bad("interface", "must name an interface, for example 127.0.0.1 or 0.0.0.0", host);
        }
        return new HttpSettings(
                host,
                settings.integer("port", 0, 65_535),
                settings.integer("backlog", 1, 65_535),
                settings.integer("max-connections", 1, 10_000_000),
                settings.integer("max-websockets", 1, 10_000_000),
                settings.flag("health"),
                ReadyChecks.of(settings),
                settings.bytes("max-header-bytes", 256, 1 << 20),
                settings.integer("max-header-fields", 16, 10_000),
                settings.duration("header-timeout", Duration.ofMillis(10), Duration.ofHours(1)),
                settings.duration("body-timeout", Duration.ofMillis(10), Duration.ofHours(1)),
                settings.duration("idle-timeout", Duration.ofMillis(10), Duration.ofDays(1)),
                settings.duration("drain-delay", Duration.ZERO, Duration.ofHours(1)),
                settings.duration("shutdown-grace", Duration.ofMillis(100), Duration.ofHours(1)),
                settings.integer("shutdown-batch", 1, 1_000_000),
                shutdownCode(settings),
                TrustedProxies.of(settings),
                TlsSettings.of(config));
    }

    private static int shutdownCode(Settings settings) {
        String code = settings.text("shutdown-code").strip();
        if (!SHUTDOWN_CODES.contains(code)) {
            throw settings.bad(
                    "shutdown-code",
                    "set 1012 (service restart, the default) or 1001 (going away); it must be one of these two codes, not any"
                            + " from 1001 to 1012",
                    code);
        }
        return Integer.parseInt(code);
    }

    /** The server's URI. The host is as configured: for 0.0.0.0 the system would report 0:0:0:0:0:0:0:0. */
    URI uri(int boundPort) {
        String literal = host.indexOf(':') < 0 || host.startsWith("[") ? host : "[" + host + "]";
        return URI.create((tls.isPresent() ? "https" : "http") + "://" + literal + ":" + boundPort + "/");
    }

    /**
     * Checks whether the address is available, because an engine's failure to bind is hard to read. Another program may take the address
     * right after.
     *
     * @return the failure of {@link #cannotListen}; empty if the address is available
     */
    public Optional<IllegalStateException> whyNotFree() {
        // Not listening, so that no client connects; may bind beside connections of an earlier server.
        try (SocketChannel probe = SocketChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(new InetSocketAddress(host, port));
            return Optional.empty();
        } catch (IOException | UnresolvedAddressException e) {
            return Optional.of(cannotListen(e));
        }
    }

    /**
     * The failure of a server that cannot be bound.
     *
     * @param failure the system's failure
     * @return an exception that names address, keys and cure; without a stack trace, which would be that of an engine's thread
     */
    public IllegalStateException cannotListen(Throwable failure) {
        Throwable cause = root(failure);
        IllegalStateException told = new IllegalStateException(
                "cannot listen on " + Printable.line(host, MOST_SHOWN) + ":" + port + ": " + words(cause) + "; "
                        + cure(words(cause)),
                cause);
        cause.setStackTrace(NO_STACK);
        told.setStackTrace(NO_STACK);
        return told;
    }

    private String cure(String words) {
        return port < FIRST_UNPRIVILEGED && words.contains("Permission denied")
                ? "ports below " + FIRST_UNPRIVILEGED
                        + " are for privileged processes: set channels.http.port (PORT) to " + FIRST_UNPRIVILEGED
                        + " or higher, or give the process the capability CAP_NET_BIND_SERVICE"
                : "set channels.http.interface (HOST) to an address of this machine, or channels.http.port (PORT) to a"
                        + " free one";
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    /** The system's message for an unknown name is not readable. */
    private static String words(Throwable cause) {
        return cause instanceof UnresolvedAddressException
                ? "the address does not exist"
                : String.valueOf(cause.getMessage());
    }
}
