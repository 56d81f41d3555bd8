package org.pekkochannels.http1;

import org.pekkochannels.protocol.Header;

/** A request line (RFC 9112, section 3): three words separated by single spaces, in visible ASCII. Immutable. */
record RequestLine(String method, RequestTarget target, String version) {
    static RequestLine parse(String line) throws RefusedRequestException {
        int first = line.indexOf(' ');
        int second = line.indexOf(' ', first + 1);
        if (first <= 0 || second < 0 || line.indexOf(' ', second + 1) >= 0 || !isVisible(line)) {
            throw ForeignProtocol.ofLine(line)
                    .map(RefusedRequestException::foreign)
                    .orElseGet(() -> RefusedRequestException.malformed(
                            "a request line must be a method, a target and a version, with one space between them"));
        }
        String method = line.substring(0, first);
        String version = version(line.substring(second + 1));
        if (!Header.isToken(method)) {
            throw RefusedRequestException.malformed("a method must be a token");
        }
        return new RequestLine(method, RequestTarget.parse(method, line.substring(first + 1, second)), version);
    }

    private static String version(String text) throws RefusedRequestException {
        if (text.equals("HTTP/1.1")) {
            return "HTTP/1.1";
        } else if (text.equals("HTTP/1.0")) {
            return "HTTP/1.0";
        } else if (isVersion(text)) {
            throw RefusedRequestException.unsupported(505, "this server supports HTTP/1.1 and HTTP/1.0");
        }
        throw RefusedRequestException.malformed("a version must be HTTP/ and two digits with a dot between them");
    }

    private static boolean isVersion(String text) {
        return text.length() == 8
                && text.startsWith("HTTP/")
                && isDigit(text.charAt(5))
                && text.charAt(6) == '.'
                && isDigit(text.charAt(7));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isVisible(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < 0x20 || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }
}
