package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.layer.SystemJson;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Wire.SharedMessage;

/**
 * The common part of all kinds of consumer: a channel and a table of event handlers.
 *
 * <p>One instance serves one connection, or is one instance of a worker. Its callbacks never overlap, so its fields need no locks. Extend
 * {@link WebSocketConsumer}, {@link SyncWebSocketConsumer}, {@link WorkerConsumer} or {@link SyncWorkerConsumer}.
 */
public abstract sealed class Consumer permits AsyncConsumer, SyncConsumer {
    /** How a connection ends whose client reconnects with its position. */
    static final CloseReason MISSED = new CloseReason(CloseCode.SERVICE_RESTART, "events were missed");

    private final ConsumerContext context;
    private Map<String, NamedHandler<?>> handlers = Map.of();
    // Null without such handlers, which most consumers do not have.
    private @Nullable MessageHandlers messages;

    Consumer(ConsumerContext context) {
        this.context = context;
        context.madeFor(getClass(), isWorker());
    }

    /**
     * A failed callback, for {@code failed(..)}. Not thread-safe if its bytes are changed.
     *
     * @param callback the callback's name as in log lines, such as {@code receive(String)}, {@code onMessage("bid")},
     *     {@code handler of 'chat.message'} or {@code connect()}
     * @param cause what it threw, or what its stage failed with, without {@code CompletionException}
     * @param text the client's text message that the callback received
     * @param bytes the client's binary message that the callback received
     * @param event the group event that the callback received
     */
    public record Failure(
            String callback, Throwable cause, Optional<String> text, Optional<byte[]> bytes, Optional<Event> event) {
        /**
         * Checks that nothing is null.
         *
         * @param callback the callback's name
         * @param cause what it failed with
         * @param text the text message
         * @param bytes the binary message
         * @param event the group event
         */
        public Failure {
            requireNonNull(callback, "the callback's name of a failure must not be null");
            requireNonNull(cause, "the cause of a failure must not be null");
            requireNonNull(text, "the text of a failure must not be null; use Optional.empty()");
            requireNonNull(bytes, "the bytes of a failure must not be null; use Optional.empty()");
            requireNonNull(event, "the event of a failure must not be null; use Optional.empty()");
        }

        static Failure of(String callback, @Nullable Object input, Throwable cause) {
            return new Failure(
                    callback,
                    cause,
                    input instanceof Inbound.Text text ? Optional.of(text.text()) : Optional.empty(),
                    input instanceof Inbound.Binary binary ? Optional.of(binary.bytes()) : Optional.empty(),
                    input instanceof Event event ? Optional.of(event) : Optional.empty());
        }
    }

    /**
     * A consumer has {@code channels.consumer.max-timers} timers, the maximum, and did not start another.
     *
     * <p>Has no stack trace, because a client may cause it repeatedly; the message has all details. Immutable.
     */
    public static final class TooManyTimersException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** The maximum number of timers of a consumer. */
        private final int maxTimers;

        TooManyTimersException(String consumer, int maxTimers) {
            super(
                    consumer + " cannot start a timer: it has " + Counted.of(maxTimers, "timer")
                            + " (channels.consumer.max-timers); cancel() those that it no longer needs, or raise the"
                            + " bound",
                    null,
                    false,
                    false);
            this.maxTimers = maxTimers;
        }

        /**
         * The maximum number of timers of a consumer.
         *
         * @return the number
         */
        public int maxTimers() {
            return maxTimers;
        }
    }

    /** Handles one payload of a group event, or one message of a client. */
    @FunctionalInterface
    public interface EventCallback<E> {
        /**
         * Handles one payload or message.
         *
         * @param payload the decoded payload, possibly shared with other consumers: do not change it; or the decoded message
         * @return a stage that the consumer waits for
         * @throws Exception any failure; closes the connection with 1011, or restarts the worker
         */
        CompletionStage<?> handle(E payload) throws Exception;
    }

    /** Handles one payload of a group event, or one message of a client. */
    @FunctionalInterface
    public interface SyncEventCallback<E> {
        /**
         * Handles one payload or message, on the database dispatcher.
         *
         * @param payload the decoded payload, possibly shared with other consumers: do not change it; or the decoded message
         * @throws Exception any failure; closes the connection with 1011, or restarts the worker
         */
        void handle(E payload) throws Exception;
    }

    /** Runs when a timer is due. */
    @FunctionalInterface
    public interface SyncTimerCallback {
        /**
         * Runs once, on the database dispatcher.
         *
         * @throws Exception any failure; closes the connection with 1011, or restarts the worker
         */
        void run() throws Exception;
    }

    /** One entry of the table. Its name, for messages, is created once, not per event. */
    record NamedHandler<E>(String name, Function<Event, E> decoder, Handling<E> handling) {}

    /** Handles one decoded payload. */
    @FunctionalInterface
    interface Handling<E> {
        CompletionStage<?> handle(E payload) throws Exception;
    }

    /**
     * The actor system that the consumer runs in, for access to the application's extensions and actors.
     *
     * @return the system
     */
    protected final ActorSystem<?> system() {
        return context.system();
    }

    /**
     * The name of the consumer's channel, to which others can send events with {@link ChannelLayer#send}. May be called from any thread.
     * After the connection's end the name stays the same, and events sent to it are dropped and counted.
     *
     * @return the name, unique among all nodes
     */
    protected final String channelName() {
        return context.membership().channelName();
    }

    /**
     * The channel layer; its stages complete on any thread.
     *
     * @return the layer
     */
    protected final ChannelLayer channelLayer() {
        return context.membership().layer();
    }

    /**
     * The group event that the callback in progress handles, for its group and its position. Call it inside callbacks.
     *
     * @return the event; empty in a callback that handles none
     */
    protected final Optional<Event> event() {
        return Optional.ofNullable(context.event());
    }

    /**
     * The total time for all database calls of one callback, counted from the callback's beginning; by default
     * {@code channels.consumer.deadline}.
     *
     * <p>The calls share a {@link org.pekkochannels.database.Deadline}. A call that has not started by the deadline is discarded;
     * unhandled, that closes the connection with 1013. A running call is cut off. {@code disconnect} has no such deadline, nor have calls
     * from other threads and calls on the turn between callbacks. A call on the turn while a callback is pending counts as that callback's,
     * even if a task of another callback makes it.
     *
     * @return the time, longer than zero and at most 24 hours, or empty for none; any other value fails the callback
     */
    protected Optional<Duration> deadline() {
        return context.settings().deadline();
    }

    /**
     * The end of the connection, to cancel work that is useless after it, such as {@code database().cancelledBy(ended()).withHandle(..)}.
     *
     * <p>Completes as soon as the server knows that the client has left, even while a callback runs. If the consumer closes the connection
     * itself, it completes when the callback is over. In both cases it completes before {@code disconnect}.
     *
     * <p>In a worker it is the end of the instance: 1001 if the application stops, 1011 or 1013 after a failure. It completes before
     * {@code stopped}.
     *
     * <p>All callers share the stage, and only the end of the connection completes it: {@code complete(..)} and {@code cancel(..)} of its
     * future have no effect, and {@code orTimeout(..)} returns another future.
     *
     * @return a stage that completes on the consumer's turn with the reason why the connection ended
     */
    protected final CompletionStage<CloseReason> ended() {
        return context.ended();
    }

    /**
     * Adds a word of the application's own to the log lines of this connection, such as its user: to the access log, and to the logging
     * context (MDC), together with {@code connection}, the id, and {@code client}, the address without port.
     *
     * <p>From this call on, the context has them in all callbacks, on database threads too, and so have the library's lines about the
     * connection. Without a call the context of callbacks is empty, unless {@code channels.consumer.log-context} is on. May be called from any
     * thread; takes effect at once, also in a blocking callback that fails later.
     *
     * @param key 1 to 64 of {@code [A-Za-z0-9_.-]}, beginning with a letter or an underscore, but neither {@code connection} nor
     *     {@code client}; the same key again replaces the word
     * @param value the value; control characters become question marks, and it is cut after 200 characters
     * @throws IllegalArgumentException for another key
     * @throws IllegalStateException if the connection has 16 words already
     */
    protected final void logContext(String key, String value) {
        context.logContext(key, value, isCallbackHere());
    }

    /** Whether this thread runs one of the consumer's callbacks. */
    boolean isCallbackHere() {
        return context.isOnTurn();
    }

    /**
     * A random time, for the first run of {@code every(..)}: many clients that connect together, after a restart for example, then do not
     * act together for ever.
     *
     * @param longest the longest time, from 1 ms to 24 days
     * @return a time from 1 ms to that, each with the same probability
     */
    protected final Duration jitter(Duration longest) {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextInt(ConsumerTimers.millis(longest, "jitter(..)")) + 1L);
    }

    /** The close reason of this side; throws on the caller's thread for a code that a close frame cannot contain. */
    static CloseReason closing(int code, String reason) {
        if (code == CloseCode.ABNORMAL) {
            throw new IllegalArgumentException("close code 1006 means a lost connection and is never sent; use 1011");
        }
        return new CloseReason(code, reason);
    }

    /** A callback begins. */
    final Consumer begin() {
        context.begin(deadline(), isCancelledWhenEnded());
        return this;
    }

    /** Whether the end of the connection cancels all database calls of the callback that begins. */
    boolean isCancelledWhenEnded() {
        return false;
    }

    /** The class's name without its package, or the full name of an anonymous class. */
    final String name() {
        return context.consumerName();
    }

    /** Whether it has no connection; called by the constructor. */
    boolean isWorker() {
        return false;
    }

    /** The name of the first callback in logs. */
    String connectCallback() {
        return "connect()";
    }

    /** The name of the last callback in logs. */
    String disconnectCallback() {
        return "disconnect(CloseReason)";
    }

    /** The name of the callback for text messages in logs. */
    String textCallback() {
        return "receive(String)";
    }

    final ConsumerContext context() {
        return context;
    }

    /** Fails if all texts are of one type, and none is named. */
    void requireNames() {}

    /** Forwards every event of a type to the client. */
    final void registerRelay(String type) {
        register(type, event -> event, event -> {
            context.outlet().send(event.derived(SharedMessage.class, SharedMessage::utf8));
            return context.turn().done();
        });
    }

    /** Forwards the newest event of a type and of each key to the client. */
    final void registerRelayLatest(String type, Function<Event, String> key) {
        requireNonNull(key, () -> "the key of relayLatest(\"" + type + "\", ..) must not be null");
        register(type, event -> event, event -> {
            String about = requireNonNull(
                    key.apply(event),
                    () -> "the key of relayLatest(\"" + type + "\", ..) returned null; return a text");
            context.outlet()
                    .sendLatest(new LatestKey(type, about), event.derived(SharedMessage.class, SharedMessage::utf8));
            return context.turn().done();
        });
    }

    /**
     * Registers a handler of presences.
     *
     * @param group the group; null for those without a handler
     * @param method the caller, for messages
     */
    final void registerPresence(@Nullable GroupName group, String method, PresenceHandlers.Handler handler) {
        if (!context.isConstructing()) {
            throw new IllegalStateException(
                    name() + " calls " + method + " after its constructor; call it in the constructor");
        }
        PresenceHandlers known = context.membership().presences();
        if (!(known == null ? firstPresence() : known).add(group, handler)) {
            throw new IllegalArgumentException(name() + " has two handlers for the presence of "
                    + (group == null ? "other groups" : "group '" + group + "'"));
        }
    }

    private PresenceHandlers firstPresence() {
        Presence unused = channelLayer().presence(); // fails here and not at the first join if the layer has none
        PresenceHandlers made = new PresenceHandlers();
        register(Presence.EVENT, made::prepare, Callable::call);
        context.membership().handle(made);
        return made;
    }

    /** Forwards the presence of a group, or of those without a handler if it is null, to the client. */
    final void registerPresenceRelay(@Nullable GroupName group) {
        registerPresence(group, "relayPresence(..)", event -> () -> {
            context.outlet().send(event.derived(SharedMessage.class, SharedMessage::utf8));
            return context.turn().done();
        });
    }

    /** What a message is about; a newer one about the same replaces it. */
    private record LatestKey(String type, String key) {}

    /** The member of a client's message that names it. */
    String messageMember() {
        return "type";
    }

    final <M> void registerMessage(String name, Type type, Handling<M> handling) {
        if (!context.isConstructing()) {
            throw new IllegalStateException(name() + " registers a handler for messages '" + name
                    + "' after its constructor; call onMessage(..) in the constructor");
        }
        requireNames();
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of a message must not be blank");
        }
        if (messages == null) {
            messages = new MessageHandlers();
        }
        if (!messages.add(context.messageTypes().of(name, type), handling)) {
            throw new IllegalArgumentException(name() + " has two handlers for messages '" + name + "'");
        }
    }

    final @Nullable MessageHandlers messages() {
        return messages;
    }

    final <T> T decode(String text, Class<T> type) throws Exception {
        return decode(text, context.json().complete(type), type.getName());
    }

    /**
     * Decodes a client's text.
     *
     * @param text the text
     * @param type what it is decoded to
     * @param wanted what it should be, for logs
     * @throws UnfitMessage.Thrown if it is not a value of the type; counted and logged
     * @throws Exception if the type is at fault, not the client
     */
    @SuppressWarnings("TypeParameterUnusedInFormals") // a complete type has no parameter
    final <T> T decode(String text, JavaType type, String wanted) throws Exception {
        try {
            return context.json().decode(text, type);
        } catch (InvalidDefinitionException e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw UnfitMessage.of(context.json(), text, wanted, e).report(this).thrown();
        }
    }

    final boolean ignoresUnfit() {
        return context.settings().malformedJson() == ConsumerSettings.MalformedJson.IGNORE;
    }

    final <E> void register(String type, TypeReference<E> payload, Handling<E> handling) {
        requireNonNull(payload, () -> "the type of events of type '" + type + "' must not be null");
        SystemJson json = context.systemJson();
        register(type, event -> json.payload(event, payload), handling);
    }

    final <E> void register(String type, Class<E> payload, Handling<E> handling) {
        requireNonNull(payload, () -> "the class of events of type '" + type + "' must not be null");
        SystemJson json = context.systemJson();
        register(type, event -> json.payload(event, payload), handling);
    }

    private <E> void register(String type, Function<Event, E> decoder, Handling<E> handling) {
        Event.checkType(type);
        if (!context.isConstructing()) {
            throw new IllegalStateException(name() + " registers a handler for events of type '" + type
                    + "' after its constructor; call on(..) and relay(..) in the constructor");
        }
        if (handlers.isEmpty()) {
            handlers = new HashMap<>(2);
        }
        if (handlers.putIfAbsent(type, new NamedHandler<>("handler of '" + type + "'", decoder, handling)) != null) {
            throw new IllegalArgumentException(name() + " has two handlers for events of type '" + type + "'");
        }
    }

    /** The handler of an event type. Only registered handlers can be reached by name. */
    final Optional<NamedHandler<?>> handler(String type) {
        return Optional.ofNullable(handlers.get(type));
    }

    abstract CompletionStage<?> connected() throws Exception;

    abstract CompletionStage<?> received(Inbound.Message message) throws Exception;

    abstract CompletionStage<?> handleFailure(Failure failure) throws Exception;

    /** Counts a gap that the application does not handle, and returns whether it ends a connection. */
    final boolean isEndedBy(Gap gap) {
        context.counts().missed();
        return gap.groups().stream().anyMatch(context.membership().layer()::keepsHistory);
    }

    /** Events of groups are missing here. */
    CompletionStage<?> handleGap(Gap gap) throws Exception {
        context.counts().missed();
        return context.turn().done();
    }

    /** The lease of the connection ends soon; a worker has none. */
    CompletionStage<?> handleExpiring(Lease lease) throws Exception {
        return context.turn().done();
    }

    abstract CompletionStage<?> disconnected(CloseReason reason) throws Exception;
}
