package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.TransactionOptions;

/** Runs the callbacks of one synchronous consumer, which find the running one here; never two at once. */
final class SyncCalls {
    private final Consumer consumer;
    private @Nullable SyncCall running;

    /**
     * Nothing runs yet.
     *
     * @param consumer whose callbacks they are
     */
    SyncCalls(Consumer consumer) {
        this.consumer = consumer;
    }

    /** Runs a callback on the database's threads, then releases what it said on the consumer's turn. */
    CompletionStage<?> run(Database database, Supplier<Optional<TransactionOptions>> transaction, SyncCall.Body body) {
        return database.withLazyHandle(handles -> {
                    transaction.get().ifPresent(handles::beginTransaction);
                    return run(
                            new SyncCall(
                                    handles, consumer.context().membership().afterCommit()),
                            body);
                })
                .thenCompose(effects -> effects.release(turn()));
    }

    /** The callback that runs. */
    SyncCall running() {
        if (running == null) {
            throw new IllegalStateException(consumer.name()
                    + " was used outside its callbacks; handle(), send(..) and the like belong to a callback,"
                    + " not to the constructor and not to another thread");
        }
        return running;
    }

    /** Keeps words of the running callback until they are released. */
    void say(Runnable words) {
        later(() -> {
            words.run();
            return turn().done();
        });
    }

    /** Keeps an effect of the running callback until it is released. */
    void later(Effects.Effect effect) {
        running().say(effect);
    }

    /** Releases what the running callback has said so far. */
    void flush() {
        Effects soFar = running().takeEffects();
        turn().execute(() -> soFar.release(turn()));
    }

    private Effects run(SyncCall call, SyncCall.Body body) throws Exception {
        running = call;
        try {
            return call.run(body);
        } finally {
            running = null;
        }
    }

    private Turn turn() {
        return consumer.context().turn();
    }
}
