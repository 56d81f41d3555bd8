package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/**
 * A client of an application under test, with an open WebSocket.
 *
 * <p>Methods that receive wait until nothing runs in the application: no mailbox has mail, no database call runs, no callback waits for its
 * stage. Then they return what has arrived, or fail at once, because nothing more can arrive. If the application is busy for longer than
 * {@link TestApplication#waitsAtMost}, they fail with the conversation so far, the callbacks that wait, and the stacks of busy threads. The
 * failure of the connection's consumer, if any, is the cause of the {@link AssertionError}.
 *
 * <p>Pings and the server's close frame are answered automatically. For one thread at a time.
 */
public final class WebSocketCommunicator implements AutoCloseable {
    private final String target;
    private final Response handshake;
    private final ClientConnection connection;
    private final Quiescence quiescence;
    private final ObservedFailures failures;
    private final Supplier<String> time;
    private final ObjectMapper json;

    WebSocketCommunicator(
            String target,
            Response handshake,
            ClientConnection connection,
            Quiescence quiescence,
            ObservedFailures failures,
            Supplier<String> time,
            ObjectMapper json) {
        this.target = target;
        this.handshake = handshake;
        this.connection = connection;
        this.quiescence = quiescence;
        this.failures = failures;
        this.time = time;
        this.json = json;
    }

    /**
     * The accepted subprotocol.
     *
     * @return the subprotocol, or empty
     */
    public Optional<String> subprotocol() {
        return handshake.header("Sec-WebSocket-Protocol");
    }

    /**
     * A header of the answer to the handshake.
     *
     * @param name the name, in any case
     * @return the first value, or empty
     */
    public Optional<String> header(String name) {
        return handshake.header(name);
    }

    /**
     * Sends a text message. Does not wait for the application.
     *
     * @param text the text
     * @return this
     */
    public WebSocketCommunicator send(String text) {
        connection.send(new ServerMessage.Text(requireNonNull(text, "the text to send must not be null")));
        return this;
    }

    /**
     * Sends a binary message. Does not wait for the application.
     *
     * @param bytes the bytes
     * @return this
     */
    public WebSocketCommunicator send(byte[] bytes) {
        connection.send(new ServerMessage.Binary(
                requireNonNull(bytes, "the bytes to send must not be null").clone()));
        return this;
    }

    /**
     * Sends a value as a JSON text message, encoded by the mapper of the application's actor system.
     *
     * @param value the value
     * @return this
     * @throws IllegalArgumentException if the mapper cannot encode it
     */
    public WebSocketCommunicator sendJson(Object value) {
        try {
            return send(json.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot encode " + value + " as JSON", e);
        }
    }

    /**
     * Receives the next message, which must be a text.
     *
     * @return the text
     */
    public String receiveText() {
        ServerMessage next = receive("a text");
        if (next instanceof ServerMessage.Text text) {
            return text.text();
        }
        throw failure("expected a text, received " + next, null);
    }

    /**
     * Receives the next message, which must be binary.
     *
     * @return the bytes
     */
    public byte[] receiveBytes() {
        ServerMessage next = receive("a binary message");
        if (next instanceof ServerMessage.Binary binary) {
            return binary.bytes();
        }
        throw failure("expected a binary message, received " + next, null);
    }

    /**
     * Receives the next message, which must be JSON.
     *
     * @param type its type, for example a record; {@link JsonNode} accepts any JSON
     * @param <T> its type
     * @return the value, decoded by the mapper of the application's actor system
     */
    public <T> T receiveJson(Class<T> type) {
        requireNonNull(type, "the type of a JSON message must not be null; use JsonNode.class for any");
        return decoded(receiveText(), type);
    }

    /**
     * Receives all messages that have arrived and will arrive unless something else happens. Each must be JSON.
     *
     * @param type their type, for example a record; {@link JsonNode} accepts any JSON
     * @param <T> their type
     * @return the values in order, decoded as by {@link #receiveJson}; empty if there are none
     */
    public <T> List<T> receiveAllJson(Class<T> type) {
        requireNonNull(type, "the type of JSON messages must not be null; use JsonNode.class for any");
        awaitIdle();
        List<T> all = new ArrayList<>();
        while (connection.firstMessage().isPresent()) {
            all.add(receiveJson(type));
        }
        return all;
    }

    private void awaitIdle() {
        Optional<Object> unused = await("messages", Quiescence.Callbacks.HOLD, Optional::empty);
    }

    private <T> T decoded(String text, Class<T> type) {
        try {
            return requireNonNull(json.readValue(text, type), "JSON null");
        } catch (JsonProcessingException | NullPointerException e) {
            throw failure("expected JSON of " + type.getSimpleName() + ", received " + Transcript.shortened(text), e);
        }
    }

    /**
     * Asserts that no message has arrived, and none will unless something else happens. Decided when nothing runs in the application, so it
     * neither sleeps nor guesses.
     *
     * <p>A callback that waits for a stage keeps the application busy. Work that the application has started without waiting for it, on an
     * separate executor, is not seen.
     */
    public void receivesNothing() {
        receivesNothing(Quiescence.Callbacks.HOLD);
    }

    /**
     * Like {@link #receivesNothing}, while callbacks wait for a stage that the test, or other code outside the application, completes
     * later.
     *
     * @param stage the stage, which must not be complete before or after
     */
    public void receivesNothingWhile(CompletionStage<?> stage) {
        requirePending(stage);
        receivesNothing(Quiescence.Callbacks.IGNORED);
        requirePending(stage);
    }

    private void requirePending(CompletionStage<?> stage) {
        if (stage.toCompletableFuture().isDone()) {
            throw failure("the stage of receivesNothingWhile(..) is complete; call receivesNothing()", null);
        }
    }

    private void receivesNothing(Quiescence.Callbacks callbacks) {
        Optional<String> unexpected = await("nothing", callbacks, this::unexpected);
        if (unexpected.isPresent()) {
            throw failure("expected nothing, received " + unexpected.get(), null);
        }
    }

    private Optional<String> unexpected() {
        return connection
                .firstMessage()
                .map(Object::toString)
                .or(() -> connection.end().map(reason -> "close " + ClientConnection.words(reason)));
    }

    private ServerMessage receive(String what) {
        Optional<Object> next = await(
                what,
                Quiescence.Callbacks.HOLD,
                () -> connection.takeMessage().<Object>map(Function.identity()).or(connection::end));
        Object received = next.orElseThrow(() -> failure(
                "expected " + what + ", but the application has nothing left to do and has sent nothing" + time.get(),
                null));
        if (received instanceof ServerMessage message) {
            return message;
        }
        throw failure(
                "expected " + what + ", but the connection was closed with "
                        + ClientConnection.words((CloseReason) received),
                null);
    }

    /**
     * Starts the close handshake with 1000, and waits for its end.
     *
     * @return the server's close reason
     */
    public CloseReason disconnect() {
        return disconnect(CloseCode.NORMAL, "");
    }

    /**
     * Starts the close handshake, and waits for its end.
     *
     * @param code the close code, one that an endpoint may send
     * @param reason the reason, at most 123 bytes of UTF-8
     * @return the server's close reason
     */
    public CloseReason disconnect(int code, String reason) {
        connection.close(new CloseReason(code, reason));
        return end();
    }

    /**
     * Waits until the application has closed the connection, and fails if messages arrive before.
     *
     * @return the code and the reason of its close frame; 1006 if the connection has ended without one
     */
    public CloseReason closed() {
        CloseReason reason = end();
        Optional<ServerMessage> unread = connection.firstMessage();
        if (unread.isPresent()) {
            throw failure("expected a close, received " + unread.get(), null);
        }
        return reason;
    }

    private CloseReason end() {
        return await("a close", Quiescence.Callbacks.HOLD, connection::end)
                .orElseThrow(() ->
                        failure("expected a close, but the application keeps the connection open" + time.get(), null));
    }

    /**
     * The failure of the connection's consumer, after {@link #closed}, for a test that expects one.
     *
     * @return the last failure that the consumer has not handled, as it was thrown
     */
    public Optional<Throwable> failure() {
        quiescence.awaitIdle();
        return failures.ofConsumer(connection.link().address());
    }

    /**
     * Ends the connection without a close handshake, as a client does that loses its network, and waits until the application has noticed.
     */
    public void cutOff() {
        connection.abort();
        await("its own end", Quiescence.Callbacks.HOLD, connection::end);
    }

    /** Stops reading: what the application sends stays in its buffers, until {@link #resumeReading}. In memory only. */
    public void pauseReading() {
        connection.link().reading(false);
    }

    /** Reads again. */
    public void resumeReading() {
        connection.link().reading(true);
    }

    /** Leaves pings of the server unanswered from now on, as a client does that hangs. */
    public void ignorePings() {
        connection.answerPings(false);
    }

    /** Ends the connection at once, if it still exists, and does not wait. */
    @Override
    public void close() {
        if (connection.end().isEmpty()) {
            connection.abort();
        }
    }

    ClientConnection connection() {
        return connection;
    }

    private <T> Optional<T> await(String what, Quiescence.Callbacks callbacks, Supplier<Optional<T>> result) {
        try {
            return quiescence.await(callbacks, result);
        } catch (Quiescence.StuckException stuck) {
            throw failure(
                    "expected " + what + ", but the application was still busy after " + quiescence.bound() + time.get()
                            + stuck.getMessage(),
                    null);
        }
    }

    private AssertionError failure(String what, @Nullable Throwable cause) {
        Throwable why =
                cause == null ? failures.ofConsumer(connection.link().address()).orElse(null) : cause;
        return new AssertionError(target + ": " + what + "\n  conversation:" + connection.transcript(), why);
    }
}
