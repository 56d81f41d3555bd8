package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.ws.Message;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;

/**
 * An application whose pages and consumers tell the request that they got, and which counts the requests that must not
 * arrive.
 *
 * <ul>
 *   <li>{@code /page} is a page, {@code /tell} tells the request, {@code /upload} the body, {@code /chunks} what came
 *       beside its data
 *   <li>{@code /file} takes the file of a form
 *   <li>{@code /strict} reads a small body as a whole
 *   <li>{@code /continue} answers with status 100, which no page may
 *   <li>{@code /slow} begins a response, and ends it after {@link #endSlow}
 *   <li>{@code /smuggled} and {@code /ws/smuggled/} must not be requested
 *   <li>{@code /own-echo} is a WebSocket by Pekko HTTP
 *   <li>{@code /ws/refuse/{status}/} is refused with that status
 *   <li>{@code /ws/echo/} echoes; {@code /ws/tell/} and {@code /ws/room/{name}/} send the request
 * </ul>
 */
final class TellingApplication implements AutoCloseable {
    private final AtomicInteger smuggled = new AtomicInteger();
    private volatile int smuggledBefore;
    private final AtomicReference<CompletableFuture<Done>> mayEnd = new AtomicReference<>(new CompletableFuture<>());
    private final RunningApplication application;

    private TellingApplication(String config) {
        application = RunningApplication.start(config, this::endpoints);
    }

    static TellingApplication start(String config) {
        return new TellingApplication(config);
    }

    RunningApplication running() {
        return application;
    }

    int port() {
        return application.port();
    }

    /** How many requests that no client sent have arrived in this test. */
    int smuggled() {
        return smuggled.get() - smuggledBefore;
    }

    /** Begins another test, which does not fail because of what one before it has smuggled. */
    void beginTest() {
        smuggledBefore = smuggled.get();
    }

    /** Lets each response of {@code /slow} end that has begun. */
    void endSlow() {
        mayEnd.getAndSet(new CompletableFuture<>()).complete(Done.getInstance());
    }

    /** The values of a header in what a page or consumer told. */
    static List<String> values(String told, String name) {
        String start = name.toLowerCase(Locale.ROOT) + ": ";
        return told.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()))
                .toList();
    }

    @Override
    public void close() {
        endSlow();
        application.awaitNoConnections();
        application.close();
        assertThat(smuggled).as("smuggled requests in all tests").hasValue(0);
    }

    private Channels endpoints(Channels channels) {
        return channels.websocket("ws/echo/", Echo::new)
                .websocket("ws/tell/", Teller::new)
                .websocket("ws/room/{name}/", Teller::new)
                .application(
                        "ws/refuse/{status:int}/",
                        scope -> CompletableFuture.completedFuture(
                                Refusal.of(scope.pathParameter("status", Integer.class), "no")))
                .websocket("ws/smuggled/", this::smuggledConsumer)
                .http(this::pages);
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("a page")),
                Directives.path("continue", () -> Directives.complete(StatusCodes.CONTINUE)),
                Directives.path("tell", () -> Directives.extractRequest(asked -> Directives.complete(told(asked)))),
                Directives.path(
                        "upload",
                        () -> Directives.extractRequestEntity(
                                body -> Directives.onSuccess(read(body, system), Directives::complete))),
                Directives.path(
                        "chunks",
                        () -> Directives.extractRequestEntity(
                                body -> Directives.onSuccess(beside(body, system), Directives::complete))),
                Directives.path(
                        "file",
                        () -> Directives.fileUpload(
                                "file",
                                (info, bytes) -> Directives.onSuccess(
                                        bytes.runWith(Sink.ignore(), system), done -> Directives.complete("a file")))),
                Directives.path("slow", () -> Directives.complete(slow())),
                Directives.path(
                        "strict",
                        () -> Directives.toStrictEntity(Duration.ofMinutes(1), () -> Directives.complete("strict"))),
                Directives.path("own-echo", () -> Directives.handleWebSocketMessages(Flow.of(Message.class))),
                Directives.path("smuggled", () -> {
                    smuggled.incrementAndGet();
                    return Directives.complete("smuggled");
                }));
    }

    private static String told(HttpRequest request) {
        String headers = StreamSupport.stream(request.getHeaders().spliterator(), false)
                .map(TellingApplication::line)
                .collect(Collectors.joining("\n"));
        return request.method().value() + " " + request.getUri() + " "
                + request.protocol().value() + "\n" + headers;
    }

    private static String line(HttpHeader header) {
        return header.name() + ": " + header.value();
    }

    private static CompletionStage<String> read(HttpEntity body, ActorSystem<?> system) {
        return body.getDataBytes()
                .runWith(Sink.fold(new ByteStringBuilder(), ByteStringBuilder::append), system)
                .thenApply(read -> "got " + read.result().utf8String());
    }

    /** Extensions and trailers, each as Pekko HTTP has it. */
    private static CompletionStage<String> beside(HttpEntity body, ActorSystem<?> system) {
        if (!(body instanceof HttpEntity.Chunked chunked)) {
            return CompletableFuture.completedFuture("not chunked");
        }
        return chunked.getChunks()
                .map(chunk -> chunk.extension() + (chunk.isLastChunk() ? trailers(chunk) : ""))
                .runWith(Sink.seq(), system)
                .thenApply(chunks -> "beside:" + String.join("", chunks));
    }

    private static String trailers(HttpEntity.ChunkStreamPart last) {
        return StreamSupport.stream(last.getTrailerHeaders().spliterator(), false)
                .map(TellingApplication::line)
                .collect(Collectors.joining());
    }

    private HttpResponse slow() {
        Source<ByteString, ?> bytes = Source.single("begun")
                .concat(Source.completionStage(mayEnd.get()).map(now -> "ended"))
                .map(ByteString::fromString);
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(ContentTypes.APPLICATION_OCTET_STREAM, bytes));
    }

    private WebSocketConsumer smuggledConsumer(ConsumerContext context) {
        smuggled.incrementAndGet();
        return new Echo(context);
    }

    /** Sends path, query, offered subprotocols and headers, a line each. */
    private static final class Teller extends WebSocketConsumer {
        Teller(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(told()));
        }

        private String told() {
            String headers = scope().headers().stream().map(Teller::line).collect(Collectors.joining("\n"));
            return "path: " + scope().path() + "\nquery: " + scope().query() + "\noffers: "
                    + String.join(" ", scope().subprotocols()) + "\n" + headers;
        }

        private static String line(Header header) {
            return header.name() + ": " + header.value();
        }
    }
}
