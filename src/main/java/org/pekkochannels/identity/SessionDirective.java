package org.pekkochannels.identity;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Complete;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.RouteResult;
import org.apache.pekko.http.javadsl.server.RouteResults;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.AllowedOrigins;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.proxy.TrustedProxies;
import org.pekkochannels.settings.Settings;

/** Gives Pekko HTTP pages a session, and saves it before their response begins. Thread-safe. */
final class SessionDirective<U> {
    private static final SafeLog LOG = SafeLog.of(SessionDirective.class);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);
    private static final int FAILED = 500;
    private static final String FOREIGN = "This request comes from a page of another site.";
    private static final String CONFLICT = "The session was changed by another request. Try again.";

    private final SessionService<U> service;
    private final ActorSystem system;
    private final TrustedProxies proxies;
    private final CrossSiteCheck check;
    private final LogPace warnings = LogPace.of(LOG_INTERVAL);

    private SessionDirective(
            SessionService<U> service, ActorSystem system, TrustedProxies proxies, CrossSiteCheck check) {
        this.service = service;
        this.system = system;
        this.proxies = proxies;
        this.check = check;
    }

    static <U> SessionDirective<U> of(SessionService<U> service, ActorSystem system) {
        Settings http = Settings.of(system.settings().config(), "channels.http");
        return new SessionDirective<>(
                service, system, TrustedProxies.of(http), new CrossSiteCheck(AllowedOrigins.of(http)));
    }

    Route around(Function<WebSession<U>, Route> inner) {
        return Directives.extractRequest(request -> {
            Scope scope = scope(request);
            Optional<BearerToken> token = service.token(scope);
            if (token.isPresent()) {
                // Its cookie is not read, so a page of another site gains nothing.
                return withToken(scope, token.get(), inner);
            }
            return check.allows(request.method().value(), scope)
                    ? within(scope, () -> service.load(scope, true), inner)
                    : refused(scope);
        });
    }

    private Route withToken(Scope scope, BearerToken token, Function<WebSession<U>, Route> inner) {
        TokenLogin<U> login = service.tokens().orElseThrow();
        return Directives.onSuccess(
                () -> SessionService.unwrapped(login.find(token)),
                found -> found.map(known -> within(
                                scope, () -> CompletableFuture.completedFuture(service.tokenSession(known)), inner))
                        .orElseGet(() -> TicketRoute.refused(TokenLogin.INVALID)));
    }

    private Route refused(Scope scope) {
        LOG.debug("refused a request to {} with 403: it comes from a page of another site", scope.printablePath());
        return Directives.complete(StatusCodes.FORBIDDEN, FOREIGN);
    }

    private Route within(
            Scope scope, Supplier<CompletionStage<WebSession<U>>> load, Function<WebSession<U>, Route> inner) {
        return Directives.onSuccess(
                () -> SessionService.unwrapped(load.get()),
                session -> Directives.mapRouteResultWith(
                        result -> ended(scope, session, result), () -> inner.apply(session)));
    }

    /** A rejection is not a response: another route of the application may answer the request. */
    private CompletionStage<RouteResult> ended(Scope scope, WebSession<U> session, RouteResult result) {
        return result instanceof Complete complete
                ? saved(scope, session, complete.getResponse())
                : CompletableFuture.completedFuture(result);
    }

    private CompletionStage<RouteResult> saved(Scope scope, WebSession<U> session, HttpResponse response) {
        if (!session.isUnsaved() || response.status().intValue() >= FAILED) {
            return completed(scope, session, response);
        }
        CompletionStage<CompletionStage<RouteResult>> saved = session.save()
                .handle((done, failure) -> failure == null
                        ? completed(scope, session, response)
                        : unsaved(scope, session, response, failure));
        return SessionService.unwrapped(saved.thenCompose(result -> result));
    }

    private CompletionStage<RouteResult> completed(Scope scope, WebSession<U> session, HttpResponse response) {
        return CompletableFuture.completedFuture(RouteResults.complete(withCookie(scope, session, response)));
    }

    private CompletionStage<RouteResult> unsaved(
            Scope scope, WebSession<U> session, HttpResponse response, Throwable failure) {
        response.discardEntityBytes(system);
        if (failure instanceof SessionConflictException) {
            return completed(scope, session, conflict());
        }
        session.seal();
        return CompletableFuture.failedFuture(failure);
    }

    private static HttpResponse conflict() {
        return HttpResponse.create().withStatus(StatusCodes.CONFLICT).withEntity(CONFLICT);
    }

    /** The response, with a header if the browser is to keep another cookie from now on, or none. */
    private HttpResponse withCookie(Scope scope, WebSession<U> session, HttpResponse response) {
        WebSession.Ending ending = session.seal();
        SessionCookie cookie = service.cookie();
        if (ending.session().isEmpty()) {
            return ending.loggedOut() && cookie.isIn(scope) ? response.addHeader(cookie.remove()) : response;
        }
        StoredSession kept = ending.session().get();
        if (cookie.read(scope).filter(kept.key()::equals).isPresent()) {
            return response;
        }
        warnOfPlain(scope);
        Duration age = Duration.between(service.clock().instant(), kept.expires());
        return uncached(response).addHeader(cookie.set(kept.key(), age));
    }

    /** A cache that kept the response would give other visitors this session. */
    private static HttpResponse uncached(HttpResponse response) {
        return response.getHeader("Cache-Control").isPresent()
                ? response
                : response.addHeader(RawHeader.create("Cache-Control", "no-store"));
    }

    private void warnOfPlain(Scope scope) {
        if (service.cookie().secure() && scope.scheme().equals("ws") && warnings.next() > 0) {
            LOG.error(
                    "the session cookie '{}' is set by a page over plain HTTP, where browsers reject it because it is"
                            + " secure: use HTTPS; behind a proxy that ends TLS, add the proxy to"
                            + " channels.http.trusted-proxies; on a developer's machine, set channels.development = on"
                            + " (logged at most once a minute)",
                    service.cookie().name());
        }
    }

    /** What the rules for cookies and origins need of a page's request. */
    private Scope scope(HttpRequest request) {
        List<Header> headers = StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(HttpHeader::renderInRequests)
                .flatMap(SessionDirective::header)
                .toList();
        Optional<InetSocketAddress> peer = request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(
                        remote -> remote.getAddress().map(address -> new InetSocketAddress(address, remote.getPort())));
        String scheme = request.getUri().getScheme().equals("https") ? "wss" : "ws";
        TrustedProxies.Origin origin = proxies.origin(peer, scheme, headers);
        String path = request.getUri().path();
        return origin.describe(new Scope(
                origin.scheme(),
                path,
                Scope.withoutLeadingSlashes(path),
                "",
                headers,
                List.of(),
                origin.client(),
                Optional.empty(),
                Map.of(),
                Map.of()));
    }

    /** A server of the application's own may pass on values that a scope must not have. */
    private static Stream<Header> header(HttpHeader header) {
        try {
            return Stream.of(new Header(header.name(), header.value()));
        } catch (IllegalArgumentException malformed) {
            return Stream.empty();
        }
    }
}
