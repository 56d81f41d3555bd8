package org.pekkochannels.routing;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.LambdaOwner;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/**
 * A route's application behind a middleware, which it names in each failure. Thread-safe.
 *
 * <p>The failure itself passes unchanged, because its class decides the answer: an overloaded database is 503. The name is one of its
 * suppressed exceptions, so it is in the log. A failure that passes several middlewares names each, the innermost first.
 */
final class BehindMiddleware implements Application {
    private final Application application;
    private final String place;

    private BehindMiddleware(Application application, String place) {
        this.application = application;
        this.place = place;
    }

    static Application of(UnaryOperator<Application> middleware, Application inner, Pattern pattern) {
        Application application = requireNonNull(
                middleware.apply(inner),
                () -> "a middleware returned null for the route '" + pattern + "'; return an application");
        return new BehindMiddleware(application, name(middleware) + " around the route '" + pattern + "'");
    }

    @Override
    public CompletionStage<Opening> open(Scope scope) {
        try {
            return requireNonNull(application.open(scope), this::returnedNull).whenComplete(this::checkOpening);
        } catch (Throwable failure) {
            name(failure);
            throw failure;
        }
    }

    private void checkOpening(@Nullable Opening opening, @Nullable Throwable failure) {
        if (failure != null) {
            name(failure);
        } else if (opening == null) {
            throw new NullPointerException("the stage of the " + place
                    + " has the value null; complete it with an Opening.Proceed or a Refusal");
        }
    }

    private String returnedNull() {
        return "the " + place + " returned null; return a stage of an Opening";
    }

    /** Once, because an application may throw the same exception again and again. */
    private void name(Throwable failure) {
        Throwable own = ConfinedFuture.unwrap(failure);
        String words = "in or behind the " + place;
        boolean named = Arrays.stream(own.getSuppressed())
                .anyMatch(known -> known instanceof Origin && words.equals(known.getMessage()));
        if (!named) {
            own.addSuppressed(new Origin(words));
        }
    }

    private static String name(UnaryOperator<Application> middleware) {
        return LambdaOwner.of(middleware).map(owner -> "middleware of " + owner).orElseGet(middleware::toString);
    }

    /** Shows where a failure came from. Has no stack trace, because that of the failure is there. */
    private static final class Origin extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Origin(String words) {
            super(words, null, false, false);
        }
    }
}
