package org.pekkochannels.example.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncGroup;
import org.pekkochannels.consumer.SyncJsonWebSocketConsumer;
import org.pekkochannels.protocol.CloseCode;

/**
 * One visitor of the board: creates and deletes notes, and receives every change, including those of other visitors.
 *
 * <p>Written as straight blocking code. Its output leaves when the callback has returned, that is after the commit.
 */
public final class MessageBoard extends SyncJsonWebSocketConsumer<Command> {
    // Enough to scroll through; the count covers the rest.
    private static final int SHOWN = 100;

    private final SyncGroup everybody = group("live_message");
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

    @Override
    protected void connect() {
        everybody.add();
        accept();
        everybody.send("broadcast_message", board(handle().attach(Notes.class)));
    }

    @Override
    protected void receiveJson(Command command) {
        Board changed = handle().inTransaction(transaction -> {
            Notes notes = transaction.attach(Notes.class);
            notes.touch();
            perform(command, notes);
            return board(notes);
        });
        everybody.send("broadcast_message", changed);
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

    /** Two changes may be announced in the wrong order; the older one is then skipped. */
    private void show(Board board) throws JsonProcessingException {
        if (board.version() >= shown) {
            shown = board.version();
            sendJson(board.frame());
        }
    }
}
