package org.pekkochannels.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The answer of {@code /ready}: 200 while all checks succeed, 503 with the names of failed ones, and 503 from the moment the server begins
 * to stop. Thread-safe.
 */
final class Readiness {
    private volatile boolean stopping;

    void stop() {
        stopping = true;
    }

    /** The route with these checks. */
    Route route(List<SharedCheck> checks) {
        return checks.isEmpty() ? Directives.extractRequest(request -> answer(List.of())) : checked(checks);
    }

    private Route checked(List<SharedCheck> checks) {
        return Directives.extractRequest(
                request -> stopping ? answer(List.of()) : Directives.onSuccess(failed(checks), this::answer));
    }

    /** Looks at the flag again: the server may have begun to stop while the checks ran. */
    private Route answer(List<String> failed) {
        if (stopping) {
            return Directives.complete(StatusCodes.SERVICE_UNAVAILABLE, "stopping");
        }
        return failed.isEmpty()
                ? Directives.complete("ready")
                : Directives.complete(StatusCodes.SERVICE_UNAVAILABLE, "not ready: " + String.join(", ", failed));
    }

    /** The checks run at the same time, because the loop does not wait for their answers. The names are in the order of the checks. */
    private static CompletionStage<List<String>> failed(List<SharedCheck> checks) {
        CompletionStage<List<String>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (SharedCheck check : checks) {
            all = all.thenCombine(check.ask(), (names, ready) -> {
                if (!ready) {
                    names.add(check.name());
                }
                return names;
            });
        }
        return all;
    }
}
