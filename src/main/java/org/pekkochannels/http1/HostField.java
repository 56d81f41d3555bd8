package org.pekkochannels.http1;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A Host field, or the authority of a URL: host and port (RFC 9110, section 7.2). */
final class HostField {
    private static final int HIGHEST_PORT = 65_535;
    // Besides letters and digits, what the name of a host may hold (RFC 3986, section 3.2.2), but for percent-encoded
    // characters: no host has them, and readers differ about them.
    private static final String MARKS = "-._~!$&'()*+,;=";
    private static final String RULE = "Host must be one name or address, with a port from 0 to 65535 or without one";

    private HostField() {}

    /** The text without a colon that no port follows; empty if it is. Refuses what is neither name nor address. */
    static String checked(String text) throws RefusedRequestException {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        String host = hasPort ? text.substring(0, colon) : text;
        String port = hasPort ? text.substring(colon + 1) : "";
        boolean right = host.startsWith("[") ? isIpv6(host) : isName(host);
        if (!right || !isPort(port) || (hasPort && host.isEmpty())) {
            throw RefusedRequestException.malformed(RULE);
        }
        return port.isEmpty() ? host : text;
    }

    private static boolean isName(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Java's parser decides, without a look-up: text in brackets is an address or nothing. */
    private static boolean isIpv6(String host) {
        if (!host.endsWith("]") || host.indexOf('%') >= 0 || host.indexOf(':') < 0) {
            return false;
        }
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }

    private static boolean isPort(String port) {
        if (port.length() > 5) {
            return false;
        }
        int number = 0;
        for (int i = 0; i < port.length(); i++) {
            char c = port.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            number = 10 * number + c - '0';
        }
        return number <= HIGHEST_PORT;
    }
}
