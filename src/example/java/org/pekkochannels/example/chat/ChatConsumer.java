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
import org.pekkochannels.example.accounts.Account;
import org.pekkochannels.example.accounts.Accounts;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Feature;
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
 * receives what it missed instead of the stored messages. With {@code &after=} and the greatest id, it receives the stored messages that it
 * may have missed where the layer cannot replay them: the client ignores those that it has, by their ids. With {@code &name=Ada} it is
 * present under that name, and receives the names of all.
 *
 * <p>A logged-in user speaks under the account's name, and may enter the room {@link Room#MEMBERS}.
 */
final class ChatConsumer extends JsonWebSocketConsumer<Draft> {
    static final int MAX_HISTORY = 50;

    private final Optional<Account> account = Accounts.SESSIONS.user(scope());
    private final String room = scope().pathParameter("room");
    private final Group visitors = group(GroupName.of("chat", room));
    private final Optional<String> history = scope().queryParameter("history");
    private final int wanted = history.map(ChatConsumer::count).orElse(0);
    private final String name = history.flatMap(
                    asked -> account.map(Account::name).or(() -> scope().queryParameter("name")))
            .map(text -> Text.storable(text).strip())
            .orElse("");
    private final Position since = history.flatMap(asked -> scope().queryParameter("since"))
            .map(Position::of)
            .orElse(Position.NONE);
    private final long after = history.flatMap(asked -> scope().queryParameter("after"))
            .map(ChatConsumer::id)
            .orElse(0L);
    private final boolean present;
    private final Set<Long> replayed = new HashSet<>();
    private long newest;

    ChatConsumer(ConsumerContext context) {
        super(context, Draft.class);
        on("chat.message", ChatMessage.class, this::show);
        present =
                !name.isEmpty() && ChannelLayer.get(context.system()).features().contains(Feature.PRESENCE);
        if (present) {
            relayPresence(visitors);
        }
    }

    /**
     * The first frame for clients that request history.
     *
     * @param history how many stored messages follow
     * @param position the client's position when it has received those messages
     * @param recovered whether all that the client missed follows
     */
    private record Welcome(int history, Position position, boolean recovered) {}

    @Override
    protected CompletionStage<?> connect() {
        Optional<Refusal> problem = problem();
        return problem.isPresent() ? refuse(problem.get()) : enter().thenCompose(entered -> join());
    }

    @Override
    protected CompletionStage<?> receiveJson(Draft draft) {
        Draft signed = account.map(known -> draft.by(known.name())).orElse(draft);
        return database()
                .useTransaction(handle -> visitors.sendAfterCommit(
                        handle, "chat.message", Messages.insert(handle, room, signed, account.isPresent())));
    }

    /** Reports the violated limit to the client. */
    @Override
    protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
        return close(CloseCode.POLICY_VIOLATION, String.valueOf(refusal.getMessage()));
    }

    private Optional<Refusal> problem() {
        if (!Room.isName(room)) {
            return Optional.of(Refusal.of(400, Room.RULE));
        }
        if (Room.isForMembers(room) && account.isEmpty()) {
            return Optional.of(Refusal.of(403, "log in at /account/ to enter the room " + Room.MEMBERS));
        }
        if (wanted < 0) {
            return Optional.of(Refusal.of(400, "history must be a number from 0 to " + MAX_HISTORY));
        }
        return name.length() > Draft.MAX_NAME
                ? Optional.of(
                        Refusal.of(400, "a name has at most " + Draft.MAX_NAME + " characters, was " + name.length()))
                : Optional.empty();
    }

    private CompletionStage<Done> enter() {
        // A room of 10,000 lists no further visitor. The visitor can chat nevertheless.
        return present ? presence(visitors).enter(name, Map.of()).exceptionally(full -> Done.getInstance()) : done();
    }

    /** Joins before it reads: a message that arrives in between is then received twice, but none is missed. */
    private CompletionStage<Done> join() {
        return visitors.add(since)
                .thenCompose(joined -> stored(joined).thenCompose(messages -> welcome(joined, messages)));
    }

    private CompletionStage<Stored> stored(Joined joined) {
        return wanted == 0 || joined.recovered()
                ? done().thenApply(nothing -> new Stored(List.of(), joined.recovered()))
                : database().withHandle(handle -> Stored.read(handle, room, after, wanted));
    }

    private CompletionStage<Done> welcome(Joined joined, Stored stored) {
        accept();
        if (history.isPresent()) {
            // A page can then distinguish an empty room from a history that is on its way.
            sendJson(new Welcome(stored.messages().size(), joined.position(), stored.complete()));
        }
        newest = after;
        for (ChatMessage message : stored.messages()) {
            replayed.add(message.id());
            sendStored(message);
        }
        return done();
    }

    private void sendStored(ChatMessage message) {
        newest = Math.max(newest, message.id());
        sendJson(message);
    }

    /**
     * Shows a live message, unless the history contained it. Compared by its id, not by "greater than the last one": of two messages that
     * are saved at the same time, the one with the later id may be committed first.
     */
    private CompletionStage<Done> show(ChatMessage message) {
        if (replayed.remove(message.id())) {
            return done();
        }
        newest = Math.max(newest, message.id());
        return sendJson(history.isPresent() ? message.at(position()) : message.plain());
    }

    private Position position() {
        return event().flatMap(Event::position).orElse(Position.NONE);
    }

    /** Reads the missing messages from the table. A client of the tutorial cannot apply them by id, so it does without. */
    @Override
    protected CompletionStage<?> missed(Gap gap) {
        return history.isEmpty()
                ? done()
                : database()
                        .withHandle(handle -> Stored.read(handle, room, newest, MAX_HISTORY))
                        .thenCompose(this::refill);
    }

    private CompletionStage<?> refill(Stored stored) {
        if (!stored.complete()) {
            return close(CloseCode.SERVICE_RESTART, "too many messages are missing");
        }
        stored.messages().forEach(this::sendStored);
        return done();
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

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
