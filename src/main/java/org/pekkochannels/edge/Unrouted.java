package org.pekkochannels.edge;

import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.proxy.TrustedProxies;

/**
 * WebSocket handshakes whose path no endpoint has and that the pages have answered 404. They are counted and logged as refused; otherwise a
 * misspelt path would leave no trace. Thread-safe.
 */
final class Unrouted {
    private static final Refusal NO_ROUTE =
            Refusal.of(404, "no endpoint has this path").because(Refusal.Reason.NO_ROUTE);

    private final TrustedProxies proxies;
    private final RefusalCounters refusals;
    private final AccessLog log;

    Unrouted(TrustedProxies proxies, RefusalCounters refusals, AccessLog log) {
        this.proxies = proxies;
        this.refusals = refusals;
        this.log = log;
    }

    void refused(HttpRequest upgrade) {
        refusals.count(NO_ROUTE);
        try {
            String path = upgrade.getUri().path();
            log.entry(ScopeFactory.of(upgrade, ScopeFactory.head(upgrade), path, proxies))
                    .refused(NO_ROUTE.status());
        } catch (IllegalArgumentException malformed) {
            // Pekko HTTP passes headers to pages that a scope must not contain.
            log.refused(ScopeFactory.client(upgrade), NO_ROUTE.status());
        }
    }
}
