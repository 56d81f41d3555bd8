package org.pekkochannels.edge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.pekkochannels.protocol.Header;

/** Which headers the proxies write; immutable. A proxy passes on the others, which may then be a client's own. */
enum ForwardedHeaders {
    /** X-Forwarded-For and X-Forwarded-Proto. */
    X_FORWARDED,
    /** The Forwarded of RFC 7239. */
    FORWARDED;

    /** The hops in their order, the last of them written by our peer. */
    List<Hop> hops(List<Header> headers) {
        return this == FORWARDED ? forwarded(headers) : xForwarded(headers);
    }

    private static List<Hop> forwarded(List<Header> headers) {
        return elements(headers, "Forwarded").stream().map(Hop::forwarded).toList();
    }

    /** Where there is not one scheme for each address, the last one is our peer's word, and counts for all. */
    private static List<Hop> xForwarded(List<Header> headers) {
        List<String> clients = elements(headers, "X-Forwarded-For");
        List<String> protos = elements(headers, "X-Forwarded-Proto");
        String last = protos.isEmpty() ? "" : protos.get(protos.size() - 1);
        if (clients.isEmpty()) {
            return List.of(Hop.xForwarded("", last));
        }
        List<Hop> hops = new ArrayList<>(clients.size());
        for (int i = 0; i < clients.size(); i++) {
            hops.add(Hop.xForwarded(clients.get(i), clients.size() == protos.size() ? protos.get(i) : last));
        }
        return hops;
    }

    /** The elements of all lines of a list, without empty ones. */
    private static List<String> elements(List<Header> headers, String name) {
        return headers.stream()
                .filter(header -> header.is(name))
                .flatMap(header -> split(header.value()).stream())
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    /**
     * Splits at commas outside quotes, from the right: what proxies append is well-formed, and an open quote in what a
     * client wrote before it must not swallow it.
     */
    private static Deque<String> split(String list) {
        Deque<String> elements = new ArrayDeque<>();
        boolean quoted = false;
        int end = list.length();
        for (int i = list.length() - 1; i >= 0; i--) {
            quoted ^= list.charAt(i) == '"';
            if (list.charAt(i) == ',' && !quoted) {
                elements.addFirst(list.substring(i + 1, end));
                end = i;
            }
        }
        elements.addFirst(list.substring(0, end));
        return elements;
    }
}
