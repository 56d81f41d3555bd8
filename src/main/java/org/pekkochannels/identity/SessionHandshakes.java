package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/**
 * Opens an application with the session that a handshake's token, ticket or cookie leads to; the first one that it has decides.
 * Thread-safe.
 */
record SessionHandshakes<U>(SessionService<U> service, Application application) implements Application {
    @Override
    public CompletionStage<Opening> open(Scope scope) {
        return service.connections().handshake(begun -> open(scope, begun));
    }

    private CompletionStage<Opening> open(Scope scope, UserConnections<U>.Handshake begun) {
        Optional<BearerToken> token = service.token(scope);
        if (token.isPresent()) {
            return byToken(scope, begun, token.get());
        }
        Optional<String> ticket = service.tickets().isPresent() ? Tickets.of(scope) : Optional.empty();
        return ticket.isPresent() ? byTicket(scope, begun, ticket.get()) : byCookie(scope, begun);
    }

    private CompletionStage<Opening> byToken(Scope scope, UserConnections<U>.Handshake begun, BearerToken token) {
        if (token.isAlone()) {
            return CompletableFuture.completedFuture(TokenLogin.ALONE);
        }
        TokenLogin<U> login = service.tokens().orElseThrow();
        return login.find(token)
                .thenCompose(found -> found.map(known -> byToken(token.removedFrom(scope), begun, known))
                        .orElseGet(() -> CompletableFuture.completedFuture(TokenLogin.INVALID)));
    }

    private CompletionStage<Opening> byToken(
            Scope scope, UserConnections<U>.Handshake begun, TokenLogin.Known<U> known) {
        Lease lease = service.tokens()
                .map(login -> Lease.of(known.grant(), login::renewed))
                .orElseGet(() -> Lease.of(known.grant()));
        return begun.lease(lease).open(application, with(service.tokenSession(known), scope));
    }

    private CompletionStage<Opening> byTicket(Scope scope, UserConnections<U>.Handshake begun, String ticket) {
        return service.tickets()
                .orElseThrow()
                .redeemWebSocket(ticket)
                .thenCompose(admission -> admission
                        .map(admitted -> admitted.token()
                                .map(known -> byToken(scope, begun, known))
                                .orElseGet(() -> open(scope, begun, service.session(admitted.found(), false))))
                        .orElseGet(() -> CompletableFuture.completedFuture(TokenLogin.INVALID_TICKET)));
    }

    private CompletionStage<Opening> byCookie(Scope scope, UserConnections<U>.Handshake begun) {
        return service.load(scope, false).thenCompose(session -> open(scope, begun, session));
    }

    private CompletionStage<Opening> open(Scope scope, UserConnections<U>.Handshake begun, WebSession<U> session) {
        Scope known = with(session, scope);
        Optional<StoredSession> login = session.login();
        if (login.isPresent()) {
            return begun.lease(login.get()).open(application, known);
        }
        begun.withoutUser();
        return requireNonNull(
                application.open(known),
                () -> application.getClass().getName()
                        + " returned null; an application or a middleware must return a stage of an Opening");
    }

    private Scope with(WebSession<U> session, Scope scope) {
        return scope.withAttribute(Sessions.SESSION, session);
    }
}
