package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Header;

/** An upgrade request of a test, built step by step. Confined to one thread. */
public final class WebSocketRequest {
    private final TestApplication application;
    private final String target;
    private final List<Header> headers = new ArrayList<>();
    private @Nullable ClientConnection sent;

    WebSocketRequest(TestApplication application, String target) {
        this.application = application;
        this.target = target.startsWith("/") ? target : "/" + target;
        if (!this.target.matches("[!-~]+")) {
            throw new IllegalArgumentException(
                    "the target of a request must be percent-encoded ASCII, was '" + target + "'");
        }
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
     * Sets the origin, as a browser does.
     *
     * @param origin for example {@code https://example.org}
     * @return this
     */
    public WebSocketRequest origin(String origin) {
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

    /** Text of the request's head. */
    String head(String key) {
        StringBuilder head = new StringBuilder("GET ").append(target).append(" HTTP/1.1\r\n");
        if (headers.stream().noneMatch(header -> header.is("Host"))) {
            head.append("Host: localhost\r\n");
        }
        head.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
                .append(key)
                .append("\r\n");
        headers.forEach(header ->
                head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        return head.append("\r\n").toString();
    }

    String target() {
        return target;
    }
}
