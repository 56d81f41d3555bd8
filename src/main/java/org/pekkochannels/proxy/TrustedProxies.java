package org.pekkochannels.proxy;

import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/**
 * The proxies whose headers about a client are trusted. Immutable.
 *
 * <p>None is trusted by default. A header is read from its end: an element counts if the address that wrote it is trusted, starting with
 * the TCP peer. Elements that a client wrote itself are therefore never reached.
 *
 * @param networks the proxies' addresses
 * @param headers the headers that they write
 */
public record TrustedProxies(List<Cidr> networks, ForwardedHeaders headers) {
    /**
     * Where a request comes from.
     *
     * @param client the client's address, if known; its port is 0 if the proxy did not report it
     * @param scheme {@code ws} or {@code wss}
     * @param host the host that the client requested, if a proxy reports it
     */
    public record Origin(Optional<InetSocketAddress> client, String scheme, Optional<String> host) {
        /** The scope with the values that only a proxy can report. */
        public Scope describe(Scope scope) {
            return host.map(asked -> scope.withAttribute(Scope.FORWARDED_HOST, asked))
                    .orElse(scope);
        }

        Origin before(Hop hop) {
            return new Origin(
                    hop.client().or(() -> client),
                    hop.scheme().orElse(scheme),
                    hop.host().or(() -> host));
        }
    }

    /** Reads {@code trusted-proxies} and {@code forwarded-headers}. */
    public static TrustedProxies of(Settings settings) {
        String rule =
                "must be a list of addresses and networks, such as [10.0.0.0/8, \"2001:db8::1\"]; all bits after a"
                        + " network's prefix must be zero";
        List<Cidr> networks = settings.texts("trusted-proxies").stream()
                .map(text -> Cidr.parse(text).orElseThrow(() -> settings.bad("trusted-proxies", rule, text)))
                .toList();
        return new TrustedProxies(networks, settings.choice("forwarded-headers", ForwardedHeaders.class));
    }

    /**
     * Where a request comes from, as far as the headers can be trusted.
     *
     * @param peer the address of the TCP peer, if known
     * @param scheme the scheme of the connection itself
     * @param fields the request's headers
     */
    public Origin origin(Optional<InetSocketAddress> peer, String scheme, List<Header> fields) {
        Origin origin = new Origin(peer, scheme, Optional.empty());
        if (!isTrusted(peer)) {
            return origin;
        }
        Iterator<Hop> hops = headers.hops(fields);
        Optional<InetSocketAddress> writer = peer;
        while (isTrusted(writer) && hops.hasNext()) {
            Hop hop = hops.next();
            origin = origin.before(hop);
            writer = hop.client();
        }
        return origin;
    }

    /**
     * Whether an address is one of the trusted proxies.
     *
     * @param writer an address, if known
     * @return whether that address is trusted
     */
    public boolean isTrusted(Optional<InetSocketAddress> writer) {
        return !networks.isEmpty()
                && writer.map(InetSocketAddress::getAddress)
                        .filter(address -> networks.stream().anyMatch(network -> network.contains(address)))
                        .isPresent();
    }
}
