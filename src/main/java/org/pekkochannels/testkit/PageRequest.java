package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pekkochannels.protocol.Header;

/**
 * A request of a {@link TestBrowser} for a page of the application, built step by step. It carries the browser's cookies, and unless its
 * origin is changed, {@code Origin} and {@code Sec-Fetch-Site} of the application's own pages. Confined to one thread.
 */
public final class PageRequest {
    private static final String SITE = "Sec-Fetch-Site";
    private static final List<String> WITHOUT_ORIGIN = List.of("GET", "HEAD");

    private final TestApplication application;
    private final TestBrowser browser;
    private final String method;
    private final String target;
    private final List<Header> headers = new ArrayList<>();
    private byte[] body = {};

    PageRequest(TestApplication application, TestBrowser browser, String method, String target) {
        this.application = application;
        this.browser = browser;
        this.method = requireNonNull(method, "the method of a request must not be null");
        this.target = WebSocketRequest.checked(target);
        if (!Header.isToken(method)) {
            throw new IllegalArgumentException("the method of a request must be a token, was '" + method + "'");
        }
        header(SITE, "same-origin");
        if (!WITHOUT_ORIGIN.contains(method)) {
            header("Origin", TestBrowser.ORIGIN);
        }
    }

    /**
     * Adds a header. {@code Host}, {@code Connection} and {@code Content-Length} are added by the browser.
     *
     * @param name the name, for example {@code Accept}
     * @param value the value
     * @return this
     */
    public PageRequest header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /**
     * Sends the request as a page of another site does, to test what protects the application from that (CSRF).
     *
     * @param origin of the page, for example {@code https://evil.example}
     * @return this
     */
    public PageRequest origin(String origin) {
        without(SITE).without("Origin");
        return header(SITE, "cross-site").header("Origin", origin);
    }

    /**
     * Removes a header, for example {@code Sec-Fetch-Site}, which old browsers do not send.
     *
     * @param name the name, in any case
     * @return this
     */
    public PageRequest without(String name) {
        headers.removeIf(header -> header.is(name));
        return this;
    }

    /**
     * Sets the body to the fields of a form.
     *
     * @param fields the values by their names
     * @return this
     */
    public PageRequest form(Map<String, String> fields) {
        String text = fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return body("application/x-www-form-urlencoded", text);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /**
     * Sets the body to JSON.
     *
     * @param value the value, encoded by the mapper of the application's actor system
     * @return this
     * @throws IllegalArgumentException if the mapper cannot encode it
     */
    public PageRequest json(Object value) {
        return body("application/json", application.json(value));
    }

    /**
     * Sets the body to a text.
     *
     * @param type the media type, for example {@code text/plain; charset=UTF-8}
     * @param text the text, which is sent as UTF-8
     * @return this
     */
    public PageRequest body(String type, String text) {
        return body(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sets the body.
     *
     * @param type the media type
     * @param bytes the bytes
     * @return this
     */
    public PageRequest body(String type, byte[] bytes) {
        body = bytes.clone();
        return without("Content-Type").header("Content-Type", type);
    }

    /**
     * Sends the request, and waits for the whole response. Redirects are not followed; their target is in the header {@code Location}.
     *
     * @return the response, whatever its status
     * @throws AssertionError if there is no whole response within {@link TestApplication#waitsAtMost}
     */
    public Response send() {
        Response response = application.send(this);
        browser.keep(target, response.headers());
        return response;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    String line() {
        return method + " " + target;
    }

    /** The bytes of head and body. */
    byte[] bytes() {
        StringBuilder head = new StringBuilder(line())
                .append(" HTTP/1.1\r\nHost: ")
                .append(WebSocketRequest.HOST)
                .append("\r\nConnection: close\r\n");
        if (body.length > 0 || !WITHOUT_ORIGIN.contains(method)) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        WebSocketRequest.append(head, browser.cookies(target));
        WebSocketRequest.append(head, headers);
        return ClientBytes.joined(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8), body);
    }
}
