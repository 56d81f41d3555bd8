package org.pekkochannels.proxy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.pekkochannels.protocol.Header;

/** The headers that the proxies write. Immutable. A proxy passes other headers on, which may then come from a client. */
enum ForwardedHeaders {
    /** X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. */
    X_FORWARDED,
    /** The Forwarded header of RFC 7239. */
    FORWARDED;

    /** The hops, starting with the last, which our peer wrote; each is parsed on demand. */
    Iterator<Hop> hops(List<Header> headers) {
        return this == FORWARDED ? forwarded(headers) : xForwarded(headers);
    }

    private static Iterator<Hop> forwarded(List<Header> headers) {
        return elements(headers, "Forwarded").stream().map(Hop::forwarded).iterator();
    }

    private static Iterator<Hop> xForwarded(List<Header> headers) {
        List<String> clients = elements(headers, "X-Forwarded-For");
        List<String> protos = elements(headers, "X-Forwarded-Proto");
        List<String> hosts = elements(headers, "X-Forwarded-Host");
        return IntStream.range(0, Math.max(1, clients.size()))
                .mapToObj(i -> Hop.xForwarded(
                        clients.isEmpty() ? "" : clients.get(i),
                        at(i, protos, clients.size()),
                        at(i, hosts, clients.size())))
                .iterator();
    }

    /** If the list does not have one element per address, only the last element is trusted: our peer wrote it, and it applies to all. */
    private static String at(int index, List<String> elements, int clients) {
        if (elements.isEmpty()) {
            return "";
        }
        return elements.get(elements.size() == clients ? index : 0);
    }

    /** The elements of all lines of a list header, the last one first, without empty ones. */
    private static List<String> elements(List<Header> headers, String name) {
        List<String> elements = new ArrayList<>(4);
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).is(name)) {
                split(headers.get(i).value(), elements);
            }
        }
        return elements;
    }

    /**
     * Splits at commas outside quotes, from the right: the part that proxies append is well-formed, and an open quote that a client wrote
     * before it must not swallow that part.
     */
    private static void split(String list, List<String> elements) {
        boolean quoted = false;
        int end = list.length();
        for (int i = list.length() - 1; i >= 0; i--) {
            quoted ^= list.charAt(i) == '"';
            if (list.charAt(i) == ',' && !quoted) {
                add(list.substring(i + 1, end), elements);
                end = i;
            }
        }
        add(list.substring(0, end), elements);
    }

    private static void add(String element, List<String> elements) {
        String text = element.strip();
        if (!text.isEmpty()) {
            elements.add(text);
        }
    }
}
