package org.pekkochannels.http1;

import java.util.Optional;

/** A protocol that clients and proxies use by mistake on a plain HTTP port. */
public enum ForeignProtocol {
    /** The first record of a TLS handshake. */
    TLS("TLS", "channels.http.tls.enabled, or an address that begins with ws:// or http://"),
    /** The PROXY protocol, in either version, from a load balancer. */
    PROXY("the PROXY protocol", "channels.netty.proxy-protocol, or switch it off at the load balancer");

    private static final byte TLS_HANDSHAKE = 0x16;
    // The fifth byte of version 2's signature, which follows two empty lines.
    private static final byte PROXY_2 = 0;

    private final String protocol;
    private final String cure;

    ForeignProtocol(String protocol, String cure) {
        this.protocol = protocol;
        this.cure = cure;
    }

    /** The protocol that starts with this byte in place of a method; empty if a method can start with it. */
    static Optional<ForeignProtocol> ofFirst(byte first) {
        return switch (first) {
            case TLS_HANDSHAKE -> Optional.of(TLS);
            case PROXY_2 -> Optional.of(PROXY);
            default -> Optional.empty();
        };
    }

    /** The protocol that starts with this line in place of a request line. */
    static Optional<ForeignProtocol> ofLine(String line) {
        return line.startsWith("PROXY ") ? Optional.of(PROXY) : Optional.empty();
    }

    /**
     * The settings that fix the mismatch.
     *
     * @return keys, for the log
     */
    public String cure() {
        return cure;
    }

    /** The protocol's name, for messages. */
    @Override
    public String toString() {
        return protocol;
    }
}
