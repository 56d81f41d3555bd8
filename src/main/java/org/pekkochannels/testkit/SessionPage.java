package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.WebSession;
import org.pekkochannels.protocol.Header;

/**
 * A page of the test itself, which changes the session of the browser that opens it. It is the application's own route for sessions, called
 * without a server, so the session is found, saved and announced as that of any page. Used once.
 */
final class SessionPage<U> {
    private static final String PATH = "/";
    // Of a secure page, because a cookie may be secure.
    private static final String PAGE = "https://" + WebSocketRequest.HOST + PATH;

    private final Sessions<U> sessions;
    private final Consumer<WebSession<U>> change;
    private volatile @Nullable Throwable thrown;
    private volatile @Nullable Throwable unsaved;

    SessionPage(Sessions<U> sessions, Consumer<WebSession<U>> change) {
        this.sessions = requireNonNull(sessions, "the sessions of a browser must not be null");
        this.change = requireNonNull(change, "the change of a browser's session must not be null");
    }

    void open(TestApplication application, TestBrowser browser) {
        HttpResponse response = application.await(answer(application.system(), browser));
        if (thrown instanceof RuntimeException failure) {
            throw failure;
        } else if (thrown instanceof Error failure) {
            throw failure;
        } else if (response.status().isFailure()) {
            throw new AssertionError("the session was not saved: " + response.status(), unsaved);
        }
        browser.keep(PATH, headers(response));
    }

    private CompletionStage<HttpResponse> answer(ActorSystem<?> system, TestBrowser browser) {
        HttpRequest request = HttpRequest.GET(PAGE)
                .addHeaders(browser.cookies(PATH).stream()
                        .<org.apache.pekko.http.javadsl.model.HttpHeader>map(
                                header -> RawHeader.create(header.name(), header.value()))
                        .toList());
        try {
            return route(system).handler(system).apply(request);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Exception failure) {
            throw new AssertionError("the session was not read", failure);
        }
    }

    private Route route(ActorSystem<?> system) {
        ExceptionHandler handler =
                ExceptionHandler.newBuilder().matchAny(this::notSaved).build();
        return Directives.handleExceptions(handler, () -> sessions.session(system, this::page));
    }

    private Route notSaved(Throwable failure) {
        unsaved = failure;
        return Directives.complete(StatusCodes.INTERNAL_SERVER_ERROR);
    }

    private Route page(WebSession<U> session) {
        try {
            change.accept(session);
            return Directives.complete(StatusCodes.NO_CONTENT);
        } catch (Throwable failure) {
            thrown = failure;
            // With this status nothing is saved.
            return Directives.complete(StatusCodes.INTERNAL_SERVER_ERROR);
        }
    }

    private static List<Header> headers(HttpResponse response) {
        return StreamSupport.stream(response.getHeaders().spliterator(), false)
                .map(header -> new Header(header.name(), header.value()))
                .toList();
    }
}
