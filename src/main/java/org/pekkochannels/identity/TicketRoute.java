package org.pekkochannels.identity;

import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.unmarshalling.Unmarshaller;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;

/** Logs a browser in that sends a ticket. Stateless. */
final class TicketRoute {
    // A ticket has 43.
    private static final long MOST_BYTES = 128;

    private TicketRoute() {}

    static <U> Route of(WebSession<U> session, Supplier<Route> inner) {
        return Directives.post(() -> Directives.withSizeLimit(
                MOST_BYTES,
                () -> Directives.entity(
                        Unmarshaller.entityToString(),
                        ticket -> Directives.onSuccess(
                                () -> session.redeemed(ticket.strip()), user -> answer(session, user, inner)))));
    }

    private static <U> Route answer(WebSession<U> session, Optional<U> user, Supplier<Route> inner) {
        if (user.isEmpty()) {
            return refused(TokenLogin.INVALID_TICKET);
        }
        session.login(user.get());
        return inner.get();
    }

    static Route refused(Refusal refusal) {
        Header challenge = refusal.headers().get(0);
        return Directives.complete(HttpResponse.create()
                .withStatus(StatusCodes.UNAUTHORIZED)
                .addHeader(RawHeader.create(challenge.name(), challenge.value()))
                .withEntity(refusal.body()));
    }
}
