package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** Plants what an application's page may throw, in its route, in what it continues with and in its stage. */
@Tag("edge")
final class PageFailuresTest {
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "pekko.jvm-exit-on-fatal-error = off", channels -> channels.http(PageFailuresTest::pages));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("still here")),
                Directives.path(
                        PathMatchers.segment().slash(PathMatchers.segment()),
                        (page, planted) ->
                                Page.valueOf(page).route(Planted.valueOf(planted), system.executionContext())));
    }

    /** Where a page fails. */
    private enum Page {
        ROUTE {
            @Override
            Route route(Planted planted, Executor later) {
                return planted.raise();
            }
        },
        CONTINUATION {
            @Override
            Route route(Planted planted, Executor later) {
                return Directives.onSuccess(after(later), done -> planted.raise());
            }
        },
        CONTINUATION_OF_A_CONTINUATION {
            @Override
            Route route(Planted planted, Executor later) {
                return Directives.onSuccess(
                        after(later), done -> Directives.onSuccess(after(later), again -> planted.raise()));
            }
        },
        STAGE {
            @Override
            Route route(Planted planted, Executor later) {
                CompletableFuture<String> stage = new CompletableFuture<>();
                after(later).thenRun(() -> stage.completeExceptionally(planted.caught()));
                return Directives.onSuccess(stage, Directives::complete);
            }
        };

        abstract Route route(Planted planted, Executor later);

        /** Completes on another thread when the route has gone on. */
        private static CompletionStage<String> after(Executor later) {
            return CompletableFuture.supplyAsync(
                    () -> "done", CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, later));
        }
    }

    static Stream<Arguments> everythingEverywhere() {
        return Stream.of(Page.values())
                .flatMap(page -> Stream.of(Planted.values()).map(planted -> Arguments.of(page, planted)));
    }

    @AfterEach
    void servesTheOthersOn() throws Exception {
        assertThat(get("/page").body()).isEqualTo("still here");
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("everythingEverywhere")
    void isAnswered500(Page page, Planted planted) throws Exception {
        assertThat(get("/" + page + "/" + planted).statusCode()).isEqualTo(500);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return JdkClient.http()
                .sendAsync(HttpRequest.newBuilder(application.http(path)).build(), BodyHandlers.ofString())
                .get(20, TimeUnit.SECONDS);
    }
}
