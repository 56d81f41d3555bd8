package org.pekkochannels.example.accounts;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.entity;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.onComplete;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.post;
import static org.apache.pekko.http.javadsl.server.Directives.redirectToTrailingSlashIfMissing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.database.Database;
import org.pekkochannels.example.JsonApi;
import org.pekkochannels.example.Pages;
import org.pekkochannels.identity.WebSession;

/** {@code /account/}: its page, and what the page's buttons send. Thread-safe. */
public final class AccountPages {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String SAMPLE = "{\"name\":\"Ada\",\"password\":\"correct horse battery\"}";

    private final ActorSystem<?> system;
    private final Database database;
    private final Passwords passwords;
    private final Attempts byName = new Attempts(10, System::nanoTime);
    // Many people may share one.
    private final Attempts byAddress = new Attempts(100, System::nanoTime);

    /**
     * For one actor system.
     *
     * @param system the actor system
     */
    public AccountPages(ActorSystem<?> system) {
        this.system = system;
        this.database = Database.get(system);
        this.passwords = new Passwords(system);
    }

    /**
     * The page of one visitor.
     *
     * @param session the visitor's session
     * @return the route
     */
    public Route route(WebSession<Account> session) {
        return pathPrefix(
                "account",
                () -> concat(
                        get(() -> redirectToTrailingSlashIfMissing(
                                StatusCodes.MOVED_PERMANENTLY, () -> pathSingleSlash(() -> page(session)))),
                        post(() -> concat(
                                path("login", () -> credentials(known -> login(session, known))),
                                path("sign-up", () -> credentials(wanted -> signUp(session, wanted))),
                                path("logout", () -> logout(session)),
                                path("everywhere", () -> logoutEverywhere(session))))));
    }

    private static Route page(WebSession<Account> session) {
        return Pages.page(
                "account.html",
                Map.of(
                        "account", Pages.json(session.user().map(Account::name).orElse("")),
                        "max-name", String.valueOf(Credentials.MAX_NAME),
                        "min-password", String.valueOf(Credentials.MIN_PASSWORD),
                        "max-password", String.valueOf(Credentials.MAX_PASSWORD)));
    }

    private static Route credentials(Function<Credentials, Route> inner) {
        return entity(JsonApi.TEXT, json -> {
            try {
                return inner.apply(MAPPER.readValue(json, Credentials.class));
            } catch (JsonProcessingException e) {
                return complete(JsonApi.badRequest(e, SAMPLE));
            }
        });
    }

    private Route login(WebSession<Account> session, Credentials known) {
        return extractRequest(request -> {
            String login = Accounts.login(known.name());
            String address = address(request);
            if (!byName.mayTry(login) || !byAddress.mayTry(address)) {
                return failed(StatusCodes.TOO_MANY_REQUESTS, "Too many attempts. Try again in ten minutes.");
            }
            return answer(check(known), found -> {
                if (found.isPresent()) {
                    return loggedIn(session, found.get());
                }
                byName.failed(login);
                byAddress.failed(address);
                return failed(StatusCodes.UNAUTHORIZED, "The name or the password is wrong.");
            });
        });
    }

    private CompletionStage<Optional<Account>> check(Credentials known) {
        return database.withHandle(handle -> Accounts.find(handle, known.name()))
                .thenCompose(found -> passwords
                        .matches(known.password(), found)
                        .thenApply(matches -> matches ? found : Optional.<Account>empty()));
    }

    private static Route loggedIn(WebSession<Account> session, Account account) {
        session.login(account);
        return complete(JsonApi.response(StatusCodes.OK, Map.of("name", account.name())));
    }

    private Route signUp(WebSession<Account> session, Credentials wanted) {
        return wanted.isLongEnough()
                ? answer(
                        create(wanted),
                        created -> created.map(account -> loggedIn(session, account))
                                .orElseGet(() -> failed(StatusCodes.CONFLICT, "This name is taken.")))
                : failed(
                        StatusCodes.BAD_REQUEST,
                        "A password has at least " + Credentials.MIN_PASSWORD + " characters.");
    }

    /** Empty if the name is taken, also if another request has just taken it. */
    private CompletionStage<Optional<Account>> create(Credentials wanted) {
        return passwords
                .hash(wanted.password())
                .thenCompose(hash -> database.inTransaction(
                                handle -> Accounts.find(handle, wanted.name()).isPresent()
                                        ? Optional.<Account>empty()
                                        : Optional.of(Accounts.insert(handle, wanted.name(), hash)))
                        .exceptionallyCompose(failure -> isTaken(wanted)
                                .thenCompose(taken -> taken
                                        ? CompletableFuture.completedFuture(Optional.empty())
                                        : CompletableFuture.failedFuture(failure))));
    }

    private CompletionStage<Boolean> isTaken(Credentials wanted) {
        return database.withHandle(
                handle -> Accounts.find(handle, wanted.name()).isPresent());
    }

    private static Route logout(WebSession<Account> session) {
        session.logout();
        return complete(JsonApi.response(StatusCodes.OK, Map.of()));
    }

    /** Closes the WebSockets of all tabs and devices, on all nodes. */
    private Route logoutEverywhere(WebSession<Account> session) {
        Optional<Account> account = session.user();
        if (account.isEmpty()) {
            return failed(StatusCodes.UNAUTHORIZED, "You are not logged in.");
        }
        return answer(
                Accounts.SESSIONS.closeAll(system, String.valueOf(account.get().id())),
                done -> complete(JsonApi.response(StatusCodes.OK, Map.of())));
    }

    /** If too many passwords wait to be hashed, 503; other failures are those of the server. */
    private static <T> Route answer(CompletionStage<T> stage, Function<T, Route> inner) {
        return onComplete(stage, result -> {
            if (result.isSuccess()) {
                return inner.apply(result.get());
            }
            Throwable failure = result.failed().get();
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof RejectedExecutionException) {
                return failed(StatusCodes.SERVICE_UNAVAILABLE, "Too many people log in just now. Try again.");
            }
            throw new CompletionException(cause);
        });
    }

    private static Route failed(StatusCode status, String error) {
        return complete(JsonApi.response(status, Map.of("error", error)));
    }

    private static String address(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote -> remote.getAddress())
                .map(address -> address.getHostAddress())
                .orElse("no address");
    }
}
