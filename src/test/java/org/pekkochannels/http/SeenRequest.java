package org.pekkochannels.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * What a reader of a request has found, in the form in which readers are compared; immutable.
 *
 * @param method the method
 * @param path the decoded segments, joined by line ends; or {@code *}
 * @param query the query, percent-encoded; empty if there is none
 * @param host host and port in lower case
 * @param headers the values of each field by its name in lower case, but for those that have a model
 * @param body length and checksum of the body
 */
record SeenRequest(
        String method, String path, String query, String host, Map<String, List<String>> headers, String body) {
    /** Fields that readers turn into something else: framing, the connection, and what Pekko HTTP has a model of. */
    static final Set<String> MODELED = Set.of(
            "host",
            "connection",
            "expect",
            "upgrade",
            "http2-settings",
            "content-length",
            "transfer-encoding",
            "content-type",
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "accept-ranges",
            "access-control-request-headers",
            "access-control-request-method",
            "authorization",
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-location",
            "content-range",
            "cookie",
            "date",
            "etag",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "last-event-id",
            "last-modified",
            "link",
            "location",
            "origin",
            "proxy-authenticate",
            "proxy-authorization",
            "range",
            "raw-request-uri",
            "referer",
            "remote-address",
            "retry-after",
            "sec-websocket-accept",
            "sec-websocket-extensions",
            "sec-websocket-key",
            "sec-websocket-protocol",
            "sec-websocket-version",
            "server",
            "set-cookie",
            "strict-transport-security",
            "te",
            "timeout-access",
            "tls-session-info",
            "trailer",
            "user-agent",
            "www-authenticate",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
            "age",
            "allow",
            "access-control-allow-credentials",
            "access-control-allow-headers",
            "access-control-allow-methods",
            "access-control-allow-origin",
            "access-control-expose-headers",
            "access-control-max-age",
            "content-security-policy");

    /** A request whose target is a path in the form of the wire, with a query or without. */
    static SeenRequest of(
            String method, String target, String host, List<Map.Entry<String, String>> fields, byte[] body) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        return of(method, path, query, host, fields, sum(body));
    }

    static SeenRequest of(
            String method,
            String path,
            String query,
            String host,
            List<Map.Entry<String, String>> fields,
            String body) {
        Map<String, List<String>> headers = new TreeMap<>();
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!MODELED.contains(name)) {
                headers.computeIfAbsent(name, first -> new ArrayList<>(1)).add(field.getValue());
            }
        }
        return new SeenRequest(method, decoded(path), encoded(query), normal(host), headers, body);
    }

    SeenRequest asPage() {
        return method.equals("HEAD") ? new SeenRequest("GET", path, query, host, headers, body) : this;
    }

    static String sum(byte[] body) {
        CRC32 checksum = new CRC32();
        checksum.update(body);
        return body.length + " bytes, checksum " + checksum.getValue();
    }

    private static String decoded(String path) {
        return String.join(
                "\n",
                Arrays.stream(path.split("/", -1)).map(SeenRequest::segment).toList());
    }

    /** The bytes of a segment, as Latin-1. */
    private static String segment(String raw) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            text.append(c == '%' ? (char) HexFormat.fromHexDigits(raw, i + 1, i + 3) : c);
            i += c == '%' ? 2 : 0;
        }
        return text.toString();
    }

    /** What RFC 3986, section 3.4 does not allow in a query is encoded, a percent sign that begins no encoding too. */
    static String encoded(String query) {
        return query.replaceAll("%(?![0-9a-fA-F]{2})", "%25")
                .codePoints()
                .mapToObj(c -> isQuery(c) ? Character.toString(c) : "%%%02X".formatted(c))
                .reduce("", String::concat);
    }

    private static boolean isQuery(int c) {
        return c > 0x20 && c < 0x7f && "\"<>[\\]^`{|}".indexOf(c) < 0;
    }

    /** Readers may write a name in lower case, leave out port 0, and shorten an IPv6 address. */
    private static String normal(String host) {
        String name = host.toLowerCase(Locale.ROOT)
                .replaceFirst(":0+(?=[1-9][0-9]*$)", ":")
                .replaceFirst(":0*$", "");
        return name.startsWith("[") ? address(name) : name;
    }

    private static String address(String host) {
        int end = host.indexOf(']') + 1;
        try {
            return InetAddress.getAllByName(host.substring(0, end))[0] + host.substring(end);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(host, e);
        }
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
