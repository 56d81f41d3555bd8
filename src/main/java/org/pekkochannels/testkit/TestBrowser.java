package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.WebSession;
import org.pekkochannels.protocol.Header;

/**
 * A browser of a test: its cookies belong to all its requests and WebSockets. It keeps those that the application sets, by path and age, also
 * secure ones, as browsers do for localhost.
 * <pre>{@code
 * TestBrowser ada = app.browser().login(SESSIONS, account);
 * assertEquals(200, ada.get("/account/").status());
 * WebSocketCommunicator socket = ada.connect("/ws/chat/lobby/");
 * ada.logout(SESSIONS);
 * assertEquals(4401, socket.closed().code());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class TestBrowser {
    /** Of the application's own pages. */
    static final String ORIGIN = "http://" + WebSocketRequest.HOST;

    private final TestApplication application;
    private final BrowserCookies cookies;

    TestBrowser(TestApplication application) {
        this.application = application;
        this.cookies = new BrowserCookies(TimeSource.of(application.system()).clock());
    }

    /**
     * Logs a user in, as a page of the application that calls {@link WebSession#login}.
     *
     * @param sessions the application's sessions
     * @param user the user, as the application knows it
     * @param <U> the class of the users
     * @return this
     * @throws AssertionError if the session cannot be saved
     */
    public <U> TestBrowser login(Sessions<U> sessions, U user) {
        requireNonNull(user, "the user of login(..) must not be null");
        return session(sessions, session -> session.login(user));
    }

    /**
     * Logs the user out, as a page of the application that calls {@link WebSession#logout}. The WebSockets of the session close with 4401.
     * {@link Sessions#closeAll} ends all sessions of a user.
     *
     * @param sessions the application's sessions
     * @return this
     */
    public TestBrowser logout(Sessions<?> sessions) {
        return session(sessions, WebSession::logout);
    }

    /**
     * Changes the browser's session, as a page of the application does, for example to add a value. Waits until it is saved.
     *
     * @param sessions the application's sessions
     * @param page changes the session; what it throws is passed on, and nothing is saved
     * @param <U> the class of the users
     * @return this
     * @throws AssertionError if the session cannot be saved
     */
    public <U> TestBrowser session(Sessions<U> sessions, Consumer<WebSession<U>> page) {
        new SessionPage<>(sessions, page).open(application, this);
        return this;
    }

    /**
     * Keeps a cookie for all paths, as if the application had set it.
     *
     * @param name its name
     * @param value its value, which is sent as it is
     * @return this
     */
    public TestBrowser cookie(String name, String value) {
        Header checked = new Header(name, value);
        cookies.set(checked.name() + "=" + checked.value() + "; Path=/", "/");
        return this;
    }

    /**
     * The value of a cookie that the browser has for the path {@code /}.
     *
     * @param name its name
     * @return the value, or empty
     */
    public Optional<String> cookie(String name) {
        requireNonNull(name, "the name of a cookie must not be null");
        return cookies.header("/").stream()
                .flatMap(header -> Stream.of(header.split("; ")))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst();
    }

    /**
     * Requests a page.
     *
     * @param target path and query, percent-encoded
     * @return the response, whatever its status
     * @throws AssertionError if there is no whole response within {@link TestApplication#waitsAtMost}
     */
    public Response get(String target) {
        return page("GET", target).send();
    }

    /**
     * Sends a form, as one of the application's own pages.
     *
     * @param target path and query, percent-encoded
     * @param fields the values by their names
     * @return the response, whatever its status
     * @throws AssertionError if there is no whole response within {@link TestApplication#waitsAtMost}
     */
    public Response post(String target, Map<String, String> fields) {
        return page("POST", target).form(fields).send();
    }

    /**
     * Sends a value as JSON, as a script of one of the application's own pages.
     *
     * @param target path and query, percent-encoded
     * @param value the value, encoded by the mapper of the application's actor system
     * @return the response, whatever its status
     * @throws AssertionError if there is no whole response within {@link TestApplication#waitsAtMost}
     */
    public Response postJson(String target, Object value) {
        return page("POST", target).json(value).send();
    }

    /**
     * Prepares a request for a page, with headers or another body.
     *
     * @param method the method, for example {@code PUT}
     * @param target path and query, percent-encoded
     * @return the request, not sent yet
     */
    public PageRequest page(String method, String target) {
        return new PageRequest(application, this, method, target);
    }

    /**
     * Connects a WebSocket.
     *
     * @param target path and query, percent-encoded
     * @return the open connection
     * @throws AssertionError if the application refuses
     */
    public WebSocketCommunicator connect(String target) {
        return request(target).connect();
    }

    /**
     * Prepares an upgrade request, with the browser's cookies and the origin of the application's own pages.
     *
     * @param target path and query, percent-encoded
     * @return the request, not sent yet
     */
    public WebSocketRequest request(String target) {
        return new WebSocketRequest(application, this, target).origin(ORIGIN);
    }

    /** The header with the cookies for a request; empty if there are none. */
    List<Header> cookies(String target) {
        return cookies.header(target).map(value -> new Header("Cookie", value)).stream()
                .toList();
    }

    /** Keeps the cookies of a response. */
    void keep(String target, List<Header> headers) {
        headers.stream()
                .filter(header -> header.is("Set-Cookie"))
                .forEach(header -> cookies.set(header.value(), target));
    }
}
