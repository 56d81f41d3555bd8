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
 * Logs refused handshakes, and clients that use another protocol, with the cure once a minute. Most are caused by the configuration of a
 * proxy, whose client does not show the answer. Thread-safe.
 */
final class MisdirectedClients {
    private static final SafeLog LOG = SafeLog.of(MisdirectedClients.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    // One pace per cause, so that frequent lines of one do not suppress another.
    private final LogPace handshakes = LogPace.of(INTERVAL);
    private final LogPace tls = LogPace.of(INTERVAL);
    private final LogPace proxy = LogPace.of(INTERVAL);
    private final LogPace headers = LogPace.of(INTERVAL);

    /** A request for an endpoint was refused, because it is not a valid handshake. */
    void handshakeRefused(Scope scope, Refusal refusal) {
        LOG.debug("refused a request for {} with {}: {}", scope.printablePath(), refusal.status(), refusal.body());
        long refused = isStripped(scope) ? handshakes.next() : 0;
        if (refused > 0) {
            LOG.warn(
                    "refused a WebSocket to {} with {}: {}; a proxy in front of this server must pass on the headers Upgrade"
                            + " and Connection, and use HTTP/1.1 ({} refused since the last such line; logged at most once a"
                            + " minute)",
                    scope.printablePath(),
                    refusal.status(),
                    refusal.body(),
                    refused);
        }
    }

    /** A client used another protocol than HTTP. */
    void speaks(ForeignProtocol protocol, InetSocketAddress client) {
        long refused = (protocol == ForeignProtocol.TLS ? tls : proxy).next();
        if (refused > 0) {
            LOG.info(
                    "{} uses {}, and this port does not; set {} ({} refused since the last such line; logged at most once"
                            + " a minute)",
                    client.getHostString(),
                    protocol,
                    protocol.cure(),
                    refused);
        }
    }

    /** A trusted proxy did not send a valid PROXY protocol header. */
    void cutWithoutProxyHeader(InetSocketAddress peer) {
        long cut = headers.next();
        if (cut > 0) {
            LOG.warn(
                    "cut off a connection of {}, one of channels.http.trusted-proxies, that did not begin with a header of the"
                            + " PROXY protocol (channels.netty.proxy-protocol); enable it at the load balancer, for its health"
                            + " checks too, or disable it here ({} cut off since the last such line; logged at most once a"
                            + " minute)",
                    peer.getHostString(),
                    cut);
        }
    }

    /** A proxy that strips hop-by-hop headers passes the other ones on. */
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
