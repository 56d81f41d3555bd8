package org.pekkochannels.identity;

import java.util.List;
import java.util.Set;
import org.pekkochannels.protocol.AllowedOrigins;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;

/**
 * Whether a request that changes something comes from the site's own pages, as browsers tell it (CSRF). Without tokens, as in Go's
 * {@code CrossOriginProtection}. Immutable.
 *
 * <p>A page can neither remove nor forge these headers. A client that sends none of them is not a browser of the last years, or not one at
 * all; such browsers are left to {@code SameSite}.
 */
record CrossSiteCheck(AllowedOrigins allowed) {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Set<String> OWN = Set.of("same-origin", "none");

    boolean allows(String method, Scope scope) {
        return SAFE.contains(method) || isOwn(scope);
    }

    private boolean isOwn(Scope scope) {
        List<String> sites = values(scope, "Sec-Fetch-Site");
        List<String> origins = values(scope, "Origin");
        if (sites.size() == 1 && OWN.contains(sites.get(0))) {
            return true;
        }
        return origins.isEmpty()
                ? sites.isEmpty()
                : origins.size() == 1 && allowed.include(origins.get(0), scope.host());
    }

    private static List<String> values(Scope scope, String name) {
        return scope.headers().stream()
                .filter(header -> header.is(name))
                .map(Header::value)
                .map(String::strip)
                .toList();
    }
}
