package org.pekkochannels.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The two ends of a TCP connection; immutable.
 *
 * @param client who connected, the last proxy perhaps
 * @param server the address it came to
 */
public record Peers(InetSocketAddress client, InetSocketAddress server) {
    /** The server's end as the Host of a request; that of this machine where the address is not known. */
    String host() {
        InetAddress address = server.getAddress();
        if (address == null) {
            return "localhost";
        }
        // Without the scope of a link-local address, which is this machine's own.
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + server.getPort();
    }
}
