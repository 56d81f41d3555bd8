package org.pekkochannels.example.answers;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Position;
import org.pekkochannels.protocol.Refusal;

/**
 * One reader of one answer: receives the text so far, and then each piece when it is committed.
 *
 * <p>With {@code ?since=} and the last position, the client receives only the pieces that it has missed.
 */
public final class AnswerReader extends WebSocketConsumer {
    private final String id = scope().pathParameter("id", UUID.class).toString();
    private final Position since =
            scope().queryParameter("since").map(Position::of).orElse(Position.NONE);
    private final Group answer = group(Answers.readers(id));

    /**
     * A consumer for one connection.
     *
     * @param context the context
     */
    public AnswerReader(ConsumerContext context) {
        super(context);
        on("answer.piece", Piece.class, this::show);
    }

    private record Whole(Answer answer, Position position) {}

    private record Resumed(Position resumed) {}

    @Override
    protected CompletionStage<?> connect() {
        return since.equals(Position.NONE)
                ? start()
                : answer.add(since).thenCompose(joined -> joined.recovered() ? resume(joined.position()) : start());
    }

    /** The missed pieces follow as events. */
    private CompletionStage<Done> resume(Position position) {
        accept();
        return sendJson(new Resumed(position));
    }

    private CompletionStage<Done> start() {
        return answer.addWith(handle -> Answers.find(handle, id))
                .thenCompose(read -> welcome(read.state(), read.position()));
    }

    private CompletionStage<Done> welcome(Optional<Answer> found, Position position) {
        if (found.isEmpty()) {
            return refuse(Refusal.of(404, "unknown answer"));
        }
        accept();
        return sendJson(new Whole(found.get(), position));
    }

    /** Unless the layer is transactional, the state may contain the piece already: the client compares the number. */
    private CompletionStage<Done> show(Piece piece) {
        return sendJson(piece.at(event().flatMap(Event::position).orElse(Position.NONE)));
    }
}
