package org.pekkochannels.http;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Sink;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** Records each request that reaches an application, which answers with what it has read. Thread-safe. */
final class BackendRecorder {
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

    /** A header as it was read, whatever its value holds. */
    record Line(String name, String value) {}

    /** A request as the application was given it. */
    record Seen(String method, String path, List<Line> headers, String client) {
        /** The values of a header, of all its lines, separated at commas. */
        List<String> values(String name) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .flatMap(header -> Arrays.stream(header.value().split(",", -1)))
                    .map(String::strip)
                    .toList();
        }

        /** What the application answers with. */
        String answer() {
            return method + " " + path + " for " + client;
        }
    }

    private final class Recorder extends WebSocketConsumer {
        Recorder(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            String client =
                    scope().client().map(InetSocketAddress::getHostString).orElse("");
            List<Line> lines = scope().headers().stream()
                    .map(header -> new Line(header.name(), header.value()))
                    .toList();
            Seen request = new Seen("GET", scope().path(), lines, client);
            seen.add(request);
            return accept().thenCompose(accepted -> send(request.answer()));
        }
    }

    /** Removes and returns what is recorded. */
    List<Seen> drain() {
        return Stream.generate(seen::poll).takeWhile(next -> next != null).toList();
    }

    /** An application that records the requests of all paths. */
    RunningApplication start(String config) {
        return RunningApplication.start(config, this::endpoints);
    }

    private Channels endpoints(Channels channels) {
        return channels.websocket("ws/internal/{name}/", Recorder::new)
                .websocket("ws/open/{name}/", Recorder::new)
                .http(this::pages);
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.extractRequest(request -> answer(request, system));
    }

    private Route answer(HttpRequest request, ActorSystem<?> system) {
        Seen page = page(request);
        seen.add(page);
        if (page.path().startsWith("/unread/")) {
            return Directives.complete(page.answer());
        }
        // Many inputs have a body that does not end. Pekko HTTP would log each.
        CompletionStage<String> read = request.entity()
                .getDataBytes()
                .runWith(Sink.ignore(), system)
                .handle((done, failure) ->
                        failure == null ? page.answer() : "the body of " + page.answer() + " failed");
        return Directives.onSuccess(read, Directives::complete);
    }

    private static Seen page(HttpRequest request) {
        List<Line> headers = StreamSupport.stream(request.getHeaders().spliterator(), false)
                .map(header -> new Line(header.name(), header.value()))
                .toList();
        Seen without = new Seen(request.method().value(), request.getUri().path(), headers, "");
        List<String> hops = without.values("X-Forwarded-For");
        // The last hop is the one that the proxy has added.
        String client = hops.isEmpty() ? "" : hops.get(hops.size() - 1);
        return new Seen(without.method(), without.path(), headers, client);
    }
}
