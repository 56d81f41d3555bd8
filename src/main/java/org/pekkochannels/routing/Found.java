package org.pekkochannels.routing;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/**
 * The result of matching a path. Immutable.
 *
 * @param application the application that answers
 * @param parameters the parameters found in the path
 * @param rest the rest of the path
 */
record Found(Application application, Map<String, Object> parameters, String rest) {
    CompletionStage<Opening> open(Scope scope) {
        return requireNonNull(application.open(scope.withRoute(parameters, rest)), this::returnedNull);
    }

    private String returnedNull() {
        return application.getClass().getName()
                + " returned null; an application or a middleware must return a stage of an Opening";
    }

    /** A copy with the parameters of an outer route added; inner parameters replace outer ones of the same name. */
    Found within(Map<String, Object> outer) {
        Map<String, Object> all = new HashMap<>(outer);
        all.putAll(parameters);
        return new Found(application, all, rest);
    }
}
