package org.pekkochannels.example.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Snapshot;
import org.pekkochannels.consumer.SyncGroup;
import org.pekkochannels.consumer.SyncJsonWebSocketConsumer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;
import org.pekkochannels.protocol.CloseCode;

/**
 * One visitor of the board: creates and deletes notes, and receives every change, including those of other visitors.
 *
 * <p>Written as straight blocking code. {@code ?since=} requests frames with a position. With the last position, a client that comes back
 * receives the boards that it has missed, on any node, or else the board as it is.
 */
public final class MessageBoard extends SyncJsonWebSocketConsumer<Command> {
    // Enough to scroll through; the count covers the rest.
    private static final int SHOWN = 100;

    private final SyncGroup everybody = group(GroupName.of("board", "messages"));
    private final Optional<Position> since = scope().queryParameter("since").map(Position::of);
    private long shown = -1;

    /**
     * A consumer for one connection.
     *
     * @param context the context
     */
    public MessageBoard(ConsumerContext context) {
        super(context, Command.class);
        on("broadcast_message", Board.class, this::show);
    }

    private record Resumed(Position position) {}

    @Override
    protected void connect() throws JsonProcessingException {
        accept();
        Optional<Joined> joined =
                since.filter(known -> !known.equals(Position.NONE)).map(everybody::add);
        if (joined.filter(Joined::recovered).isPresent()) {
            sendJson(new Resumed(joined.get().position()));
        } else {
            Snapshot<Board> now = everybody.addWith(handle -> board(handle.attach(Notes.class)));
            show(now.state(), now.position());
        }
    }

    /** A board leaves if and only if its change is committed. */
    @Override
    protected void receiveJson(Command command) {
        handle().useTransaction(transaction -> {
            Notes notes = transaction.attach(Notes.class);
            notes.touch();
            perform(command, notes);
            everybody.sendAfterCommit(transaction, "broadcast_message", board(notes));
        });
    }

    /** Reports the violated limit to the client. */
    @Override
    protected void invalid(IllegalArgumentException refusal) {
        close(CloseCode.POLICY_VIOLATION, String.valueOf(refusal.getMessage()));
    }

    private static void perform(Command command, Notes notes) {
        if (command instanceof Command.Create create) {
            notes.create(create.title(), create.message());
        } else if (command instanceof Command.Delete delete) {
            notes.delete(delete.id());
        }
    }

    // The version first: if a change comes in between, the notes are newer than the version, never older.
    private static Board board(Notes notes) {
        return new Board(notes.version(), notes.count(), notes.newest(SHOWN));
    }

    private void show(Board board) throws JsonProcessingException {
        show(board, event().flatMap(Event::position).orElse(Position.NONE));
    }

    /** Where the layer does not order them, two changes may arrive in the wrong order; the older one is then skipped. */
    private void show(Board board, Position position) throws JsonProcessingException {
        if (board.version() >= shown) {
            shown = board.version();
            sendJson(since.isPresent() ? board.at(position) : board.frame());
        }
    }
}
