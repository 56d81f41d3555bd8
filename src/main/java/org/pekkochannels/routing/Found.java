package org.pekkochannels.routing;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/**
 * Where a path leads to; immutable.
 *
 * @param application what answers it
 * @param parameters what was found in the path
 * @param rest what was left of the path
 */
record Found(Application application, Map<String, Object> parameters, String rest) {
    CompletionStage<Opening> open(Scope scope) {
        return requireNonNull(application.open(scope.withRoute(parameters, rest)), this::returnedNull);
    }

    private String returnedNull() {
        return application.getClass().getName()
                + " returned null; an application or a middleware must return a stage of an Opening";
    }

    /** The same with those of an outer route, which give way to inner ones of the same name. */
    Found within(Map<String, Object> outer) {
        Map<String, Object> all = new HashMap<>(outer);
        all.putAll(parameters);
        return new Found(application, all, rest);
    }
}
