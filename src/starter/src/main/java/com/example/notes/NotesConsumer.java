package com.example.notes;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.WebSocketConsumer;

/** One client of the notes. */
public final class NotesConsumer extends WebSocketConsumer {
    /** A client's message {@code {"type": "add", "text": "milk"}}. */
    public record Add(String text) {
        public Add {
            if (text.isBlank() || text.length() > 200) {
                throw new IllegalArgumentException("a note must have 1 to 200 characters");
            }
        }
    }

    /** A client's message {@code {"type": "remove", "id": 1}}. */
    public record Remove(long id) {}

    private final Group readers = group("notes");

    public NotesConsumer(ConsumerContext context) {
        super(context);
        onMessage("add", Add.class, this::add);
        onMessage("remove", Remove.class, this::remove);
        relay("note.change");
    }

    /** Joins before it reads: a note that is added in between is sent twice, but none is missed. */
    @Override
    protected CompletionStage<?> connect() {
        return readers.add()
                .thenCompose(joined -> database().withHandle(Notes::all))
                .thenCompose(this::welcome);
    }

    private CompletionStage<?> welcome(List<Note> notes) {
        accept();
        notes.forEach(note -> sendJson(Change.added(note)));
        return done();
    }

    private CompletionStage<?> add(Add message) {
        return database().useTransaction(handle -> {
            Note note = Notes.insert(handle, message.text());
            readers.sendAfterCommit(handle, "note.change", Change.added(note));
        });
    }

    private CompletionStage<?> remove(Remove message) {
        return database().useTransaction(handle -> {
            Notes.delete(handle, message.id());
            readers.sendAfterCommit(handle, "note.change", Change.removed(message.id()));
        });
    }
}
