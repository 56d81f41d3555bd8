package org.pekkochannels.example.chat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.JsonWebSocketConsumer;
import org.pekkochannels.example.Text;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.Refusal;

/**
 * One visitor of one room.
 *
 * <p>A client that connects as in the tutorial receives only the tutorial's frames. {@code ?history=50} requests a {@link Welcome}, then up to
 * 50 stored messages, then frames that also contain id, name, time and position. With {@code &since=} and the last position, the client
 * receives what it missed instead of the stored messages. With {@code &name=Ada} it is present under that name, and receives the names of
 * all.
 */
final class ChatConsumer extends JsonWebSocketConsumer<Draft> {
    static final int MAX_HISTORY = 50;

    private final String room = scope().pathParameter("room");
    private final Group visitors = group(GroupName.of("chat", room));
    private final Optional<String> history = scope().queryParameter("history");
    private final int wanted = history.map(ChatConsumer::count).orElse(0);
    private final String name = history.flatMap(asked -> scope().queryParameter("name"))
            .map(text -> Text.storable(text).strip())
            .orElse("");
    private final Position since = history.flatMap(asked -> scope().queryParameter("since"))
            .map(Position::of)
            .orElse(Position.NONE);
    private final Set<Long> replayed = new HashSet<>();

    ChatConsumer(ConsumerContext context) {
        super(context, Draft.class);
        on("chat.message", ChatMessage.class, this::show);
        if (!name.isEmpty()) {
            relayPresence(visitors);
        }
    }

    /**
     * The first frame for clients that request history.
     *
     * @param history how many stored messages follow
     * @param position the client's position when it has received those messages
     * @param recovered whether what the client missed follows, all of it; then no stored messages do
     */
    private record Welcome(int history, Position position, boolean recovered) {}

    @Override
    protected CompletionStage<?> connect() {
        Optional<String> problem = problem();
        return problem.isPresent() ? refuse(Refusal.of(400, problem.get())) : enter().thenCompose(entered -> join());
    }

    @Override
    protected CompletionStage<?> receiveJson(Draft draft) {
        return database()
                .inTransaction(handle -> Messages.insert(handle, room, draft))
                .thenCompose(saved -> visitors.send("chat.message", saved));
    }

    /** Reports the violated limit to the client. */
    @Override
    protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
        return close(CloseCode.POLICY_VIOLATION, String.valueOf(refusal.getMessage()));
    }

    private Optional<String> problem() {
        if (!Room.isName(room)) {
            return Optional.of(Room.RULE);
        }
        if (wanted < 0) {
            return Optional.of("history must be a number from 0 to " + MAX_HISTORY);
        }
        return name.length() > Draft.MAX_NAME
                ? Optional.of("a name has at most " + Draft.MAX_NAME + " characters, was " + name.length())
                : Optional.empty();
    }

    private CompletionStage<Done> enter() {
        // A room of 10,000 lists no further visitor. The visitor can chat nevertheless.
        return name.isEmpty()
                ? done()
                : presence(visitors).enter(name, Map.of()).exceptionally(full -> Done.getInstance());
    }

    /** Joins before it reads: a message that arrives in between is then received twice, but none is missed. */
    private CompletionStage<Done> join() {
        return visitors.add(since)
                .thenCompose(joined -> stored(joined).thenCompose(messages -> welcome(joined, messages)));
    }

    private CompletionStage<List<ChatMessage>> stored(Joined joined) {
        return wanted == 0 || joined.recovered()
                ? done().thenApply(nothing -> List.of())
                : database().withHandle(handle -> Messages.last(handle, room, wanted));
    }

    private CompletionStage<Done> welcome(Joined joined, List<ChatMessage> messages) {
        accept();
        if (history.isPresent()) {
            // A page can then distinguish an empty room from a history that is on its way.
            sendJson(new Welcome(messages.size(), joined.position(), joined.recovered()));
        }
        for (ChatMessage message : messages) {
            replayed.add(message.id());
            sendJson(message);
        }
        return done();
    }

    /**
     * Shows a live message, unless the history contained it. Compared by its id, not by "greater than the last one": of two messages that
     * are saved at the same time, the one with the later id may be committed first.
     */
    private CompletionStage<Done> show(ChatMessage message) {
        if (replayed.remove(message.id())) {
            return done();
        }
        return sendJson(history.isPresent() ? message.at(position()) : message.plain());
    }

    private Position position() {
        return event().flatMap(Event::position).orElse(Position.NONE);
    }

    /** A client with a position comes back for what is missing. One of the tutorial does not come back, so it stays. */
    @Override
    protected CompletionStage<?> missed(Gap gap) throws Exception {
        return history.isPresent() ? super.missed(gap) : done();
    }

    /** The requested number of messages, or -1 unless it is from 0 to {@link #MAX_HISTORY}. */
    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            return count <= MAX_HISTORY ? count : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
