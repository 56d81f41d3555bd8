package org.pekkochannels.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.pekkochannels.protocol.Header;

/** An application's answer to a request of a test. Immutable. */
public final class Response {
    private final int status;
    private final List<Header> headers;
    private final byte[] body;
    private final ObjectMapper json;

    Response(int status, List<Header> headers, byte[] body, ObjectMapper json) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
        this.json = json;
    }

    /**
     * The HTTP status.
     *
     * @return for example 200
     */
    public int status() {
        return status;
    }

    /**
     * The headers, as they were sent.
     *
     * @return all headers, in order
     */
    public List<Header> headers() {
        return headers;
    }

    /**
     * The value of a header.
     *
     * @param name the name, in any case
     * @return the first value, or empty
     */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.is(name))
                .map(Header::value)
                .findFirst();
    }

    /**
     * The body as UTF-8.
     *
     * @return the text; empty if there is no body
     */
    public String body() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * The body.
     *
     * @return a copy of the bytes
     */
    public byte[] bytes() {
        return body.clone();
    }

    /**
     * The body as JSON.
     *
     * @param type its type, for example a record; {@link JsonNode} accepts any JSON
     * @param <T> its type
     * @return the value, decoded by the mapper of the application's actor system
     * @throws AssertionError if the body is not JSON of that type
     */
    public <T> T json(Class<T> type) {
        try {
            T value = json.readValue(body, type);
            if (value != null) {
                return value;
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError(notJson(type), e);
        } catch (IOException e) {
            throw new AssertionError("a body in memory cannot fail", e);
        }
        throw new AssertionError(notJson(type));
    }

    private String notJson(Class<?> type) {
        return "expected JSON of " + type.getSimpleName() + ", received " + this;
    }

    /** Status and body. */
    @Override
    public String toString() {
        return status + " " + Transcript.shortened(body());
    }
}
