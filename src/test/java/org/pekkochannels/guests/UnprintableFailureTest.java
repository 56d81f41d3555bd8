package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.Channels;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Scope;

/** Exceptions whose own methods throw, or whose causes have no end: they are answered and logged as any other. */
@Tag("edge")
final class UnprintableFailureTest {
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "channels.http.max-websockets = 1, pekko.jvm-exit-on-fatal-error = off",
                UnprintableFailureTest::endpoints);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    /** What is thrown. */
    private enum Kind {
        /** Nothing can be asked of it. Java's futures call toString() where they wrap it. */
        TEXT {
            @Override
            RuntimeException made() {
                return new Unreadable();
            }
        },
        /** What futures do not wrap, but look into. */
        CAUSE {
            @Override
            RuntimeException made() {
                return new UnreadableCause();
            }
        },
        /** A logger that prints all causes would fill the heap. */
        ENDLESS_CAUSES {
            @Override
            RuntimeException made() {
                return new Endless();
            }
        };

        abstract RuntimeException made();

        static Kind of(Scope scope) {
            return valueOf(scope.pathParameter("kind"));
        }
    }

    @SuppressWarnings("serial")
    private static final class Unreadable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new LinkageError("planted");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new LinkageError("planted");
        }

        @Override
        public String toString() {
            throw new LinkageError("planted");
        }
    }

    @SuppressWarnings("serial")
    private static final class UnreadableCause extends CompletionException {
        @Override
        public synchronized Throwable getCause() {
            throw new LinkageError("planted");
        }
    }

    @SuppressWarnings("serial")
    private static final class Endless extends RuntimeException {
        @Override
        public synchronized Throwable getCause() {
            return new Endless();
        }
    }

    /** As an HTTP client's stage fails: on another thread, while somebody waits for it. */
    private static CompletionStage<?> failedLater(RuntimeException failure) {
        CompletableFuture<Object> failed = new CompletableFuture<>();
        CompletableFuture<?> unused = CompletableFuture.runAsync(
                () -> failed.completeExceptionally(failure),
                CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
        return failed;
    }

    private static Channels endpoints(Channels channels) {
        return channels.application("ws/thrown/{kind}/", scope -> {
                    throw Kind.of(scope).made();
                })
                .application(
                        "ws/stage/{kind}/",
                        scope -> CompletableFuture.failedFuture(Kind.of(scope).made()))
                .websocket("ws/receive/{kind}/", context -> new Place.Echo(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        throw Kind.of(scope()).made();
                    }
                })
                .websocket("ws/receive-stage/{kind}/", context -> new Place.Echo(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        return CompletableFuture.failedFuture(Kind.of(scope()).made());
                    }
                })
                .websocket("ws/brought/{kind}/", context -> new Place.Echo(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        return onTurn(failedLater(Kind.of(scope()).made()));
                    }
                })
                .websocket("ws/later/{kind}/", context -> new Place.Echo(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        return failedLater(Kind.of(scope()).made());
                    }
                })
                .websocket("ws/database/{kind}/", context -> new Place.Echo(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        return database().withHandle(handle -> {
                            throw Kind.of(scope()).made();
                        });
                    }
                })
                .http(system -> Directives.path(PathMatchers.segment("page").slash(PathMatchers.segment()), kind -> {
                    throw Kind.valueOf(kind).made();
                }));
    }

    @ParameterizedTest
    @EnumSource
    void isAnswered500AndLeavesItsSlot(Kind kind) {
        for (String where : new String[] {"thrown", "stage", "thrown", "stage"}) {
            try (RecordedLog log = new RecordedLog("org.pekkochannels.edge")) {
                assertThat(application.refusal(path(where, kind)).statusCode()).isEqualTo(500);
                application.awaitNoConnections();

                assertThat(log.await(path(where, kind))).contains("failed: " + UnprintableFailureTest.class.getName());
                assertThat(log.soFar(path(where, kind))).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesWith1011(Kind kind) {
        for (String where : new String[] {"receive", "receive-stage", "brought", "later", "database"}) {
            try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
                JdkClient client = JdkClient.connect(application.ws(path(where, kind)));

                client.send("fail");

                assertThat(client.next()).isEqualTo(new JdkClient.Closed(1011, ""));
                application.awaitNoConnections();
                assertThat(log.await(path(where, kind))).contains("failed: " + UnprintableFailureTest.class.getName());
                assertThat(log.soFar(path(where, kind))).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void isAnswered500AsAPage(Kind kind) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(application.http("/page/" + kind)).build();

        HttpResponse<String> response =
                JdkClient.http().sendAsync(request, BodyHandlers.ofString()).get(20, TimeUnit.SECONDS);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    private static String path(String where, Kind kind) {
        return "/ws/" + where + "/" + kind + "/";
    }
}
