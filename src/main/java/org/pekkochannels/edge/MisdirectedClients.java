package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.http1.ForeignProtocol;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * Logs handshakes that are refused, and clients that speak another protocol, with the cure once a minute. Most are a mistake in
 * the configuration of a proxy, whose client does not show the answer. Thread-safe.
 */
final class MisdirectedClients {
    private static final SafeLog LOG = SafeLog.of(MisdirectedClients.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final LogPace handshakes = LogPace.of(INTERVAL);
    private final LogPace tls = LogPace.of(INTERVAL);
    private final LogPace proxy = LogPace.of(INTERVAL);
    private final LogPace headers = LogPace.of(INTERVAL);

    /** A request for an endpoint was refused, as it is not a proper handshake. */
    void handshakeRefused(Scope scope, Refusal refusal) {
        LOG.debug("refused a request for {} with {}: {}", scope.printablePath(), refusal.status(), refusal.body());
        long refused = isStripped(scope) ? handshakes.next() : 0;
        if (refused > 0) {
            LOG.warn(
                    "refused a WebSocket to {} with {}: {}; a proxy in front of this server must pass on the headers Upgrade"
                            + " and Connection, and speak HTTP/1.1 ({} refused since the last such line, which is written once a"
                            + " minute at most)",
                    scope.printablePath(),
                    refusal.status(),
                    refusal.body(),
                    refused);
        }
    }

    /** A client spoke another protocol than HTTP. */
    void speaks(ForeignProtocol protocol, InetSocketAddress client) {
        long refused = (protocol == ForeignProtocol.TLS ? tls : proxy).next();
        if (refused > 0) {
            LOG.info(
                    "{} speaks {}, and this port does not; set {} ({} refused since the last such line, which is written once"
                            + " a minute at most)",
                    client.getHostString(),
                    protocol,
                    protocol.cure(),
                    refused);
        }
    }

    /** A trusted proxy sent no proper header of the PROXY protocol. */
    void cutWithoutProxyHeader(InetSocketAddress peer) {
        long cut = headers.next();
        if (cut > 0) {
            LOG.warn(
                    "cut a connection of {}, one of channels.http.trusted-proxies, that did not begin with a header of the PROXY"
                            + " protocol (channels.netty.proxy-protocol); switch it on at the load balancer, for its health"
                            + " checks too, or off here ({} cut since the last such line, which is written once a minute at"
                            + " most)",
                    peer.getHostString(),
                    cut);
        }
    }

    /** A proxy that strips the headers of one hop passes the others on. */
    private static boolean isStripped(Scope scope) {
        boolean asks = scope.header("Sec-WebSocket-Key").isPresent()
                && scope.header("Sec-WebSocket-Version").filter("13"::equals).isPresent();
        return asks
                && (scope.header("Upgrade").isEmpty()
                        || scope.header("Connection")
                                .filter(MisdirectedClients::upgrades)
                                .isEmpty());
    }

    private static boolean upgrades(String connection) {
        return connection.toLowerCase(Locale.ROOT).contains("upgrade");
    }
}
