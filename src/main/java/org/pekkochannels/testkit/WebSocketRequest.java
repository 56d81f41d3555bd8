package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.WebSession;
import org.pekkochannels.protocol.Header;

/** An upgrade request of a test, built step by step. Confined to one thread. */
public final class WebSocketRequest {
    /** The host of all applications under test. */
    static final String HOST = "localhost";

    private final TestApplication application;
    private final TestBrowser browser;
    private final String target;
    private final List<Header> headers = new ArrayList<>();
    private @Nullable ClientConnection sent;

    WebSocketRequest(TestApplication application, TestBrowser browser, String target) {
        this.application = application;
        this.browser = browser;
        this.target = checked(target);
    }

    /** A target as a request line has it. */
    static String checked(String target) {
        requireNonNull(target, "the target of a request must not be null");
        if (!target.matches("[!-~]*")) {
            throw new IllegalArgumentException(
                    "the target of a request must be percent-encoded ASCII, was '" + target + "'");
        }
        return target.startsWith("/") ? target : "/" + target;
    }

    /**
     * Connects as a logged-in user, with a new session. {@link TestBrowser} keeps a session for several connections, and ends it.
     *
     * @param sessions the application's sessions
     * @param user the user, as the application knows it
     * @param <U> the class of the users
     * @return this
     * @throws AssertionError if the session cannot be saved
     */
    public <U> WebSocketRequest as(Sessions<U> sessions, U user) {
        browser.login(sessions, user);
        return this;
    }

    /**
     * Connects with a session that has been changed by a page, for example with a value.
     *
     * @param sessions the application's sessions
     * @param page changes the session; what it throws is passed on, and nothing is saved
     * @param <U> the class of the users
     * @return this
     * @throws AssertionError if the session cannot be saved
     */
    public <U> WebSocketRequest session(Sessions<U> sessions, Consumer<WebSession<U>> page) {
        browser.session(sessions, page);
        return this;
    }

    /**
     * Adds a header.
     *
     * @param name the name, for example {@code Authorization}
     * @param value the value
     * @return this
     */
    public WebSocketRequest header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /**
     * Offers subprotocols, in the order of preference.
     *
     * @param names the subprotocols
     * @return this
     */
    public WebSocketRequest subprotocols(String... names) {
        return header("Sec-WebSocket-Protocol", String.join(", ", requireNonNull(names)));
    }

    /**
     * Sets the origin, as a browser does; replaces an earlier one.
     *
     * @param origin for example {@code https://example.org}
     * @return this
     */
    public WebSocketRequest origin(String origin) {
        headers.removeIf(header -> header.is("Origin"));
        return header("Origin", origin);
    }

    /**
     * Sends the request and does not wait, for example to let time pass before the answer, which {@link #connect} or {@link #refused}
     * waits for.
     *
     * @return this
     */
    public WebSocketRequest send() {
        sent = application.send(this);
        return this;
    }

    /** The client that has sent the request, now or by {@link #send}. */
    ClientConnection take() {
        ClientConnection client = sent == null ? application.send(this) : sent;
        sent = null;
        return client;
    }

    /**
     * Connects.
     *
     * @return the open connection
     * @throws AssertionError if the application refuses; its consumer's failure, if any, is the cause
     */
    public WebSocketCommunicator connect() {
        return application.connect(this);
    }

    /**
     * Connects, and expects the application to refuse.
     *
     * @return the application's answer
     * @throws AssertionError if the application accepts
     */
    public Response refused() {
        return application.refused(this);
    }

    /** The request's first line. */
    String line() {
        return "GET " + target + " HTTP/1.1";
    }

    /** The bytes of the request. */
    byte[] bytes(String key) {
        StringBuilder head = new StringBuilder(line()).append("\r\n");
        if (headers.stream().noneMatch(header -> header.is("Host"))) {
            head.append("Host: ").append(HOST).append("\r\n");
        }
        head.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
                .append(key)
                .append("\r\n");
        append(head, browser.cookies(target));
        append(head, headers);
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    static void append(StringBuilder head, List<Header> headers) {
        headers.forEach(header ->
                head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
    }

    /** The browser keeps the cookies of the answer. */
    Response answered(Response response) {
        browser.keep(target, response.headers());
        return response;
    }

    String target() {
        return target;
    }
}
