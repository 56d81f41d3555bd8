package org.pekkochannels.proxy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/** One address or a network, IPv4 or IPv6 (RFC 4632, RFC 4291). Immutable. */
final class Cidr {
    // Java converts an IPv4 address within IPv6 (::ffff:10.0.0.0/104) to the IPv4 address.
    private static final int MAPPED_BITS = 96;

    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** Parses {@code 10.1.2.3}, {@code 10.0.0.0/8} or {@code 2001:db8::/32}; empty for anything else, including host names. */
    static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        return Node.address(address)
                .map(InetAddress::getAddress)
                .flatMap(bytes -> bits(slash < 0 ? "" : text.substring(slash), address, 8 * bytes.length)
                        .map(bits -> new Cidr(bytes, bits)))
                .filter(cidr -> Arrays.equals(cidr.network, cidr.masked(cidr.network)));
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.length && Arrays.equals(network, masked(bytes));
    }

    private static Optional<Integer> bits(String suffix, String address, int most) {
        if (suffix.isEmpty()) {
            return Optional.of(most);
        }
        if (!suffix.matches("/(0|[1-9][0-9]{0,2})")) {
            return Optional.empty();
        }
        boolean mapped = most == 32 && address.indexOf(':') >= 0;
        int bits = Integer.parseInt(suffix, 1, suffix.length(), 10) - (mapped ? MAPPED_BITS : 0);
        return bits < 0 || bits > most ? Optional.empty() : Optional.of(bits);
    }

    /** The address with all bits outside the network's prefix set to zero. */
    private byte[] masked(byte[] address) {
        byte[] masked = new byte[address.length];
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.max(0, Math.min(8, bits - 8 * i));
            masked[i] = (byte) (address[i] & (0xff << (8 - kept)));
        }
        return masked;
    }
}
