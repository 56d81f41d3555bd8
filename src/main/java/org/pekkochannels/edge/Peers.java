package org.pekkochannels.edge;

import java.net.InetSocketAddress;

/**
 * The two ends of a TCP connection; immutable.
 *
 * @param client who connected, the last proxy perhaps
 * @param server the address it came to
 */
public record Peers(InetSocketAddress client, InetSocketAddress server) {}
