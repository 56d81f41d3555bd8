package org.pekkochannels.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses addresses as proxies write them (RFC 7239, section 6), without DNS lookups. */
public final class Node {
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    // Without leading zeros, which some parsers read as octal.
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9A-Fa-f:.]{2,45}");
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^\\]]*\\]|[^:\\[\\]]*)(?::([0-9]{1,5}))?");

    private Node() {}

    /**
     * Parses an address with or without a port; IPv6 in brackets, or without brackets if there is no port.
     *
     * @return the address, with port 0 if none is given; empty for a name, {@code unknown}, or invalid text
     */
    static Optional<InetSocketAddress> parse(String text) {
        Matcher parts = WITH_PORT.matcher(text);
        if (!parts.matches()) {
            return address(text).map(address -> new InetSocketAddress(address, 0));
        }
        int port = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        boolean bracketed = text.startsWith("[");
        String host = bracketed ? parts.group(1).substring(1, parts.group(1).length() - 1) : parts.group(1);
        return address(host)
                .filter(address -> port <= 65_535 && bracketed == host.indexOf(':') >= 0)
                .map(address -> new InetSocketAddress(address, port));
    }

    /**
     * Parses a literal address.
     *
     * @param text what a proxy wrote
     * @return the address; empty for anything else
     */
    public static Optional<InetAddress> address(String text) {
        if (IPV4.matcher(text).matches()) {
            return literal(text);
        }
        // Java reads a text in brackets only as an IPv6 address, so it causes no DNS lookup.
        return IPV6.matcher(text).matches() ? literal("[" + text + "]") : Optional.empty();
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException malformed) {
            return Optional.empty();
        }
    }
}
