package org.pekkochannels.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.Database;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Scope;

/**
 * One-time tickets in a table, which contains their SHA-256. Thread-safe.
 *
 * <p>One statement, outside a transaction, decides which of several uses of a ticket is the first.
 */
final class Tickets<U> {
    // In the query with which a WebSocket is opened.
    private static final String PARAMETER = "ticket=";

    private final Database database;
    private final TicketTable table;
    private final SessionStore<U> store;
    private final Users<U> users;
    private final Duration maxAge;
    private final Clock clock;

    Tickets(SessionStore<U> store, Database database, Users<U> users, IdentitySettings settings, Clock clock) {
        this.store = store;
        this.database = database;
        this.table = new TicketTable(settings.ticketTable());
        this.users = users;
        this.maxAge = settings.ticketMaxAge();
        this.clock = clock;
    }

    /**
     * Whose WebSocket a ticket opens.
     *
     * @param found the session; empty if the ticket was made by the bearer of a token
     * @param token stands for that one
     */
    record Admission<U>(SessionStore.Found<U> found, Optional<TokenLogin.Known<U>> token) {}

    /** The ticket of a request; empty if it has none. Of two, the text is not a ticket. A ticket needs no decoding. */
    static Optional<String> of(Scope scope) {
        if (!scope.query().contains(PARAMETER)) {
            return Optional.empty();
        }
        List<String> tickets = Arrays.stream(scope.query().split("&"))
                .filter(pair -> pair.startsWith(PARAMETER))
                .map(pair -> pair.substring(PARAMETER.length()))
                .toList();
        return tickets.isEmpty() ? Optional.empty() : Optional.of(tickets.size() == 1 ? tickets.get(0) : "");
    }

    CompletionStage<String> login(Optional<StoredSession> session, String userId) {
        return database.withHandle(handle -> login(handle, session, userId));
    }

    String login(Handle handle, Optional<StoredSession> session, String userId) {
        TicketTable.Row row = new TicketTable.Row(reference(session), userId, Optional.empty());
        return insert(handle, RandomKey.next(), TicketTable.Purpose.LOGIN, row);
    }

    private static String reference(Optional<StoredSession> session) {
        return session.map(known -> Sha256.hex(known.key())).orElse("");
    }

    private String insert(Handle handle, String ticket, TicketTable.Purpose purpose, TicketTable.Row row) {
        table.insert(handle, ticket, purpose, row, clock.instant().plus(maxAge));
        return ticket;
    }

    /** The user whom a ticket logs in, in the session for which it was made; empty if it is not valid there. */
    CompletionStage<Optional<U>> redeemLogin(String ticket, Optional<StoredSession> session) {
        return RandomKey.matches(ticket)
                ? database.withHandle(handle -> {
                    Optional<TicketTable.Row> row = taken(handle, ticket, TicketTable.Purpose.LOGIN)
                            .filter(found -> found.session().equals(reference(session)));
                    return row.isPresent() ? users.load(handle, row.get().userId()) : Optional.<U>empty();
                })
                : CompletableFuture.completedFuture(Optional.empty());
    }

    /** Each use spends it, a wrong one too. */
    private Optional<TicketTable.Row> taken(Handle handle, String ticket, TicketTable.Purpose purpose) {
        Instant now = clock.instant();
        Optional<TicketTable.Row> row = table.find(handle, ticket, purpose, now);
        return row.isPresent() && table.delete(handle, ticket, purpose, now) ? row : Optional.empty();
    }

    /** A ticket for a WebSocket with the same session. */
    CompletionStage<String> webSocket(StoredSession session) {
        String ticket = RandomKey.next();
        TicketTable.Row row = new TicketTable.Row(
                RandomKey.masked(session.key(), ticket), session.userId().orElseThrow(), Optional.empty());
        return database.withHandle(handle -> insert(handle, ticket, TicketTable.Purpose.WEBSOCKET, row));
    }

    /** A ticket for a WebSocket whose user is that of a token. */
    CompletionStage<String> webSocket(Lease.Grant grant) {
        String user = Users.requireId(grant.user(), "the token's verifier returned");
        TicketTable.Row row = new TicketTable.Row("", user, grant.end());
        return database.withHandle(handle -> insert(handle, RandomKey.next(), TicketTable.Purpose.WEBSOCKET, row));
    }

    /** Whose WebSocket a ticket opens; empty if it is not valid. */
    CompletionStage<Optional<Admission<U>>> redeemWebSocket(String ticket) {
        return RandomKey.matches(ticket)
                ? database.withHandle(handle -> redeemWebSocket(handle, ticket))
                : CompletableFuture.completedFuture(Optional.empty());
    }

    private Optional<Admission<U>> redeemWebSocket(Handle handle, String ticket) throws Exception {
        Optional<TicketTable.Row> row = taken(handle, ticket, TicketTable.Purpose.WEBSOCKET);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        String masked = row.get().session();
        return masked.isEmpty()
                ? bearer(handle, row.get())
                : Optional.of(store.find(handle, RandomKey.masked(masked, ticket)))
                        .filter(found -> found.user().isPresent())
                        .map(found -> new Admission<>(found, Optional.empty()));
    }

    private Optional<Admission<U>> bearer(Handle handle, TicketTable.Row row) throws Exception {
        if (row.identityEnds().filter(end -> !end.isAfter(clock.instant())).isPresent()) {
            return Optional.empty();
        }
        VerifiedToken token = new VerifiedToken(row.userId(), row.identityEnds());
        return users.load(handle, row.userId())
                .map(user -> new Admission<>(
                        SessionStore.Found.nothing(), Optional.of(new TokenLogin.Known<>(token, user))));
    }

    CompletionStage<Done> createTable() {
        return database.useHandle(table::create);
    }

    CompletionStage<Done> deleteExpired() {
        return database.useHandle(handle -> table.deleteExpired(handle, clock.instant()));
    }

    CompletionStage<Done> endAll(String userId) {
        return database.useHandle(handle -> table.deleteAll(handle, userId));
    }
}
