package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.database.Database;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Refusal;

/**
 * Finds the users of tokens. Thread-safe.
 *
 * @param database where users are read; empty if they need none
 */
record TokenLogin<U>(TokenVerifier verifier, Users<U> users, Optional<Database> database, Clock clock) {
    static final Refusal INVALID = new Refusal(
            401, List.of(new Header("WWW-Authenticate", "Bearer error=\"invalid_token\"")), "The token is not valid.");
    static final Refusal INVALID_TICKET = new Refusal(
            401, List.of(new Header("WWW-Authenticate", "Bearer error=\"invalid_token\"")), "The ticket is not valid.");
    static final Refusal ALONE = Refusal.of(
            400,
            "The only subprotocol is the token, which no answer may contain. Offer another one too: new WebSocket(url,"
                    + " [\"channels\", \"" + BearerToken.SUBPROTOCOL + "\" + token])");

    /** A valid token and its user. */
    record Known<U>(VerifiedToken token, U user) {
        Lease.Grant grant() {
            return TokenLogin.grant(token);
        }
    }

    private static Lease.Grant grant(VerifiedToken token) {
        return new Lease.Grant(token.userId(), token.expires());
    }

    /** The user of a token; empty if it is not valid. */
    CompletionStage<Optional<Known<U>>> find(BearerToken token) {
        return token.value().isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : verify(token.value().get()).thenCompose(this::withUser);
    }

    private CompletionStage<Optional<Known<U>>> withUser(Optional<VerifiedToken> verified) {
        if (verified.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        VerifiedToken token = verified.get();
        CompletionStage<Optional<U>> user = users.byId()
                .<CompletionStage<Optional<U>>>map(
                        byId -> CompletableFuture.completedFuture(Optional.of(byId.apply(token.userId()))))
                .orElseGet(() -> database.orElseThrow().withHandle(handle -> users.load(handle, token.userId())));
        return user.thenApply(found -> found.map(known -> new Known<>(token, known)));
    }

    /** What a client renews its lease with. */
    CompletionStage<Optional<Lease.Grant>> renewed(String token) {
        return verify(token).thenApply(verified -> verified.map(TokenLogin::grant));
    }

    private CompletionStage<Optional<VerifiedToken>> verify(String token) {
        String name = verifier.getClass().getName();
        return requireNonNull(verifier.verify(token), () -> name + ".verify(..) returned null; return a stage")
                .thenApply(verified -> requireNonNull(
                                verified,
                                () -> "the stage of " + name + ".verify(..) has the value null; use Optional.empty()")
                        .filter(this::isAlive));
    }

    private boolean isAlive(VerifiedToken token) {
        return token.expires().filter(end -> !end.isAfter(clock.instant())).isEmpty();
    }

    /** Without the verifier, which may contain a key. */
    @Override
    public String toString() {
        return "TokenLogin";
    }
}
