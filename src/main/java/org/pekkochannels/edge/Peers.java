package org.pekkochannels.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The two ends of a TCP connection. Immutable.
 *
 * @param client the address of the client, or of the last proxy
 * @param server the address that it connected to
 */
public record Peers(InetSocketAddress client, InetSocketAddress server) {
    /** The server's end as the Host of a request; that of this machine if the address is unknown. */
    String host() {
        InetAddress address = server.getAddress();
        if (address == null) {
            return "localhost";
        }
        // Without the scope of a link-local address, which is valid on this machine only.
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + server.getPort();
    }
}
