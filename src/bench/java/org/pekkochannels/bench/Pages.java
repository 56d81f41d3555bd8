package org.pekkochannels.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The pages that the servers on Pekko HTTP have beside their WebSockets; thread-safe.
 *
 * <ul>
 *   <li>{@code GET /page} returns a small fixed text.
 *   <li>{@code POST /upload} reads the whole body and returns its length.
 *   <li>{@code GET /allocated} returns the bytes that the live threads of this JVM have allocated since they started.
 * </ul>
 */
final class Pages {
    /** The body of {@code /page}: 100 bytes. */
    static final String TEXT = "A small page. ".repeat(7) + "..";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Pages() {}

    static Route route(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.get(() -> Directives.complete(TEXT))),
                Directives.path("upload", () -> Directives.post(() -> upload(system))),
                Directives.path(
                        "allocated", () -> Directives.get(() -> Directives.complete(String.valueOf(allocated())))));
    }

    private static Route upload(ActorSystem<?> system) {
        return Directives.extractRequestEntity(
                entity -> Directives.onSuccess(length(entity, system), Directives::complete));
    }

    // Counted, not collected: the cost of a copy would hide the reader's.
    private static CompletionStage<String> length(RequestEntity entity, ActorSystem<?> system) {
        return entity.getDataBytes()
                .runFold(0L, (length, part) -> length + part.length(), system)
                .thenApply(String::valueOf);
    }

    // JDK 17 has no getTotalThreadAllocatedBytes. The bytes of a thread that has ended are missing here.
    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
