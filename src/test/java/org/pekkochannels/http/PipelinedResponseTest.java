package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A response that is being streamed is completed, even if the client's next request turns out incomplete or malformed. */
@Tag("edge")
class PipelinedResponseTest {
    private static final String BEGUN = "5\r\nbegun\r\n";
    private static final String ENDED = "5\r\nended\r\n0\r\n\r\n";

    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final CompletableFuture<?> asked = new CompletableFuture<>();
    private final RunningApplication application = RunningApplication.start("", channels -> channels.http(this::pages));

    @AfterEach
    void endsLeakFree() {
        end.complete("");
        application.awaitNoConnections();
        application.close();
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("a page")),
                Directives.path("slow", () -> Directives.complete(slow())),
                // Answers before it has read the body, or after.
                Directives.path("store", () -> upload(system, true)),
                Directives.path("upload", () -> upload(system, false)));
    }

    private HttpResponse slow() {
        Source<ByteString, ?> bytes =
                Source.single("begun").concat(Source.completionStage(end)).map(ByteString::fromString);
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(ContentTypes.APPLICATION_OCTET_STREAM, bytes));
    }

    private Route upload(ActorSystem<?> system, boolean early) {
        return Directives.extractRequestEntity(body -> {
            asked.complete(null);
            var read = body.getDataBytes().runWith(Sink.ignore(), system);
            return early
                    ? Directives.complete("stored soon")
                    : Directives.onSuccess(read, done -> Directives.complete("stored"));
        });
    }

    /** A connection whose first response is being streamed, and whose next request has arrived at its page. */
    private RawExchange upload(String page) throws Exception {
        RawExchange exchange = RawExchange.with(application.port()).send("GET /slow HTTP/1.1|Host: x||");
        String received = "";
        while (!received.endsWith(BEGUN)) {
            received += exchange.read(1);
        }
        exchange.send("POST " + page + " HTTP/1.1|Host: x|Transfer-Encoding: chunked||5|hello|");
        asked.get(20, TimeUnit.SECONDS);
        return exchange;
    }

    /** Gives the server the time of some other requests. */
    private void awaitOtherRequests() throws IOException {
        for (int i = 0; i < 10; i++) {
            try (RawExchange other = RawExchange.with(application.port()).send("GET /page HTTP/1.1|Host: x||")) {
                assertThat(other.response().body()).isEqualTo("a page");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/store", "/upload"})
    void isWholeWhenTheClientEndsWithinTheNextUpload(String page) throws Exception {
        try (RawExchange exchange = upload(page)) {
            exchange.endOutput();
            awaitOtherRequests();

            end.complete("ended");

            assertThat(exchange.rest()).startsWith(ENDED);
        }
    }

    @ParameterizedTest
    @CsvSource({"/store, ''", "/upload, HTTP/1.1 400 "})
    void isWholeWhenTheNextUploadIsMalformed(String page, String refusal) throws Exception {
        try (RawExchange exchange = upload(page)) {
            exchange.send("malformed|");
            awaitOtherRequests();

            end.complete("ended");

            assertThat(exchange.rest()).startsWith(ENDED + refusal);
        }
    }

    @Test
    void endsTheConnectionWhenItFailsBeforeARefusal() throws Exception {
        try (RawExchange exchange = upload("/upload")) {
            exchange.send("malformed|");
            awaitOtherRequests();

            end.completeExceptionally(new IllegalStateException("planted"));

            assertThat(exchange.rest()).isEmpty();
        }
    }
}
