package org.pekkochannels.http1;

import java.util.regex.Pattern;

/** A Host field or the authority of a URL: host and port (RFC 9110, section 7.2). */
final class HostField {
    private static final int HIGHEST_PORT = 65_535;
    // Characters of a host name besides letters and digits (RFC 3986, section 3.2.2). Percent-encoded characters are
    // excluded: hosts do not
    // have them, and readers interpret them differently.
    private static final String MARKS = "-._~!$&'()*+,;=";
    private static final int IPV6_WORDS = 8;
    private static final Pattern WORD = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final String RULE = "Host must be one name or address, with a port from 0 to 65535 or without one";

    private HostField() {}

    /**
     * Returns the text, without a trailing colon that has no port; empty if it is empty. Refuses a text that is neither a name nor an
     * address.
     */
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

    /**
     * The grammar of RFC 3986, section 3.2.2, without a zone. Java's parser is not used: unlike other readers it accepts
     * {@code [::1.02.3.4]} and {@code [::1.2]}.
     */
    private static boolean isIpv6(String host) {
        if (!host.endsWith("]")) {
            return false;
        }
        String address = host.substring(1, host.length() - 1);
        int gap = address.indexOf("::");
        if (gap < 0) {
            return words(address, true) == IPV6_WORDS;
        }
        int before = words(address.substring(0, gap), false);
        int after = words(address.substring(gap + 2), true);
        return before >= 0 && after >= 0 && before + after < IPV6_WORDS;
    }

    /** The number of 16-bit words; -1 if the text is not a sequence of them. An IPv4 address at the end counts as two. */
    private static int words(String row, boolean mayEndInIpv4) {
        if (row.isEmpty()) {
            return 0;
        }
        String[] words = row.split(":", -1);
        int last = words.length - 1;
        for (int i = 0; i < last; i++) {
            if (!WORD.matcher(words[i]).matches()) {
                return -1;
            }
        }
        if (WORD.matcher(words[last]).matches()) {
            return words.length;
        }
        return mayEndInIpv4 && IPV4.matcher(words[last]).matches() ? words.length + 1 : -1;
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
