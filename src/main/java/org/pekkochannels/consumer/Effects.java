package org.pekkochannels.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** What a synchronous callback has said and nobody has heard yet; released in its order, or forgotten. */
final class Effects {
    private final List<Effect> effects = new ArrayList<>(2);

    /** One thing said; runs on the consumer's turn. */
    @FunctionalInterface
    interface Effect {
        CompletionStage<Done> release();
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    CompletionStage<Done> release(Turn turn) {
        CompletionStage<Done> last = turn.done();
        for (Effect effect : effects) {
            last = last.thenCompose(done -> effect.release());
        }
        return last;
    }
}
