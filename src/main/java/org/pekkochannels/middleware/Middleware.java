package org.pekkochannels.middleware;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/**
 * Wraps applications: refuses a connection, or adds to its scope, before a consumer is created. Pass the result to
 * {@code Channels.through(..)} or {@code Router.through(..)}.
 *
 * <p>The functions are called once per upgrade request, on any thread, and must not block. If one throws or returns null, or its stage
 * fails or has the value null, the client is answered 500 (503 if the database is overloaded or unreachable) and the failure is logged.
 * Stateless.
 */
public final class Middleware {
    private Middleware() {}

    /**
     * Requires a value, such as the user of a session, and adds it to the scope.
     *
     * @param key the key under which consumers find it: {@code scope().attribute(key)}
     * @param find looks it up; without a value the client is refused
     * @param otherwise the answer to clients without the value, such as {@code Refusal.of(401, "log in first")}
     * @param <T> the class of the value
     * @return the middleware
     */
    public static <T> UnaryOperator<Application> require(
            Attribute<T> key, Function<Scope, ? extends CompletionStage<Optional<T>>> find, Refusal otherwise) {
        requireNonNull(key, "the key of Middleware.require(..) must not be null");
        requireNonNull(otherwise, "the refusal of Middleware.require(..) must not be null; Refusal.FORBIDDEN is 403");
        Question<Optional<T>> question = new Question<>("require", find);
        return application -> scope -> question.ask(scope)
                .thenCompose(found -> found.map(value -> open(application, scope.withAttribute(key, value)))
                        .orElseGet(() -> CompletableFuture.completedFuture(otherwise)));
    }

    /**
     * Refuses some clients, such as those of a blocked address.
     *
     * @param check decides; an empty value lets the client continue
     * @return the middleware
     */
    public static UnaryOperator<Application> refuse(
            Function<Scope, ? extends CompletionStage<Optional<Refusal>>> check) {
        Question<Optional<Refusal>> question = new Question<>("refuse", check);
        return application -> scope -> question.ask(scope)
                .thenCompose(refusal -> refusal.<CompletionStage<Opening>>map(CompletableFuture::completedFuture)
                        .orElseGet(() -> open(application, scope)));
    }

    /**
     * Adds to the scope, and refuses no client.
     *
     * @param enrich returns the scope to continue with, such as {@code scope.withAttribute(key, value)}
     * @return the middleware
     */
    public static UnaryOperator<Application> enrich(Function<Scope, ? extends CompletionStage<Scope>> enrich) {
        Question<Scope> question = new Question<>("enrich", enrich);
        return application -> scope -> question.ask(scope).thenCompose(enriched -> open(application, enriched));
    }

    private static CompletionStage<Opening> open(Application application, Scope scope) {
        return requireNonNull(
                application.open(scope),
                () -> application.getClass().getName()
                        + " returned null; an application or a middleware must return a stage of an Opening");
    }

    /** A function of the application, whose nulls it names. */
    private record Question<T>(String method, Function<Scope, ? extends CompletionStage<T>> function) {
        Question {
            requireNonNull(function, () -> "the function of Middleware." + method + "(..) must not be null");
        }

        CompletionStage<T> ask(Scope scope) {
            return requireNonNull(
                            function.apply(scope),
                            () -> "the function of Middleware." + method + "(..) returned null; return a stage")
                    .thenApply(this::present);
        }

        private T present(T value) {
            return requireNonNull(
                    value,
                    () -> "the stage of Middleware." + method + "(..) has the value null; complete it with a value");
        }
    }
}
