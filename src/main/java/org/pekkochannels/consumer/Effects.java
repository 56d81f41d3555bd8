package org.pekkochannels.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Outgoing;

/** The output of a synchronous callback that is not released yet: released in order, or discarded. */
final class Effects {
    // The first character that UTF-8 encodes in two bytes; the next constant is the first one in three.
    private static final char TWO_BYTES = 0x80;
    private static final char THREE_BYTES = 0x800;

    private final List<Effect> effects = new ArrayList<>(2);
    private long bytes;

    /** One output. Runs on the consumer's turn, where its stage completes. */
    interface Effect {
        // The cost of one output beside its bytes, so that empty ones are bounded, too.
        int OVERHEAD = 64;

        CompletionStage<Done> release(TurnExecutor turn);

        /** The approximate number of bytes it holds. */
        int bytes();
    }

    /** Output for the client. */
    record Words(int bytes, Runnable words) implements Effect {
        @Override
        public CompletionStage<Done> release(TurnExecutor turn) {
            words.run();
            return turn.done();
        }
    }

    /**
     * An event for a group.
     *
     * @param excluded the sender's channel if it does not receive the event; it may open until the event leaves
     */
    record GroupSend(
            ChannelLayer layer,
            GroupName group,
            Event event,
            @Nullable Membership excluded) implements Effect {
        private static final SafeLog LOG = SafeLog.of(GroupSend.class);

        @Override
        public CompletionStage<Done> release(TurnExecutor turn) {
            return turn.bring(now());
        }

        CompletionStage<Done> now() {
            Optional<String> self = excluded == null ? Optional.empty() : excluded.self();
            return self.isEmpty() ? layer.groupSend(group, event) : layer.groupSendExcept(group, self.get(), event);
        }

        /** As what a transaction writes. */
        Outgoing outgoing() {
            return new Outgoing(
                    group, event, excluded == null ? null : excluded.self().orElse(null));
        }

        /** After a commit, whose transaction a failure must not fail. */
        void committed() {
            now().whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn(
                            "an event of type '{}' could not be sent to group '{}'",
                            event.type(),
                            group.value(),
                            failure);
                }
            });
        }

        @Override
        public int bytes() {
            return event.size();
        }
    }

    /** A timer. */
    record StartTimer(ConsumerTimers timers, ConsumerTimer timer, int firstMillis) implements Effect {
        @Override
        public CompletionStage<Done> release(TurnExecutor turn) {
            timers.start(timer, firstMillis);
            return turn.done();
        }

        @Override
        public int bytes() {
            return 0;
        }
    }

    /** A large result, sent by separate callbacks, which begin after the callback that started the stream. */
    record Stream(Function<TurnExecutor, CompletionStage<Done>> slices) implements Effect {
        @Override
        public CompletionStage<Done> release(TurnExecutor turn) {
            return slices.apply(turn);
        }

        @Override
        public int bytes() {
            return 0;
        }
    }

    /**
     * Makes all output depend on a transaction. As soon as it has committed, the group sends leave from the database thread, and the result
     * contains the rest, to be released on the consumer's turn. Until then, and if it does not commit, the result is empty.
     */
    Effects afterCommit(AfterCommit afterCommit, Handle handle) {
        Effects committed = new Effects();
        for (Effect effect : effects) {
            if (effect instanceof GroupSend send) {
                afterCommit.defer(handle, send, () -> {});
            } else {
                afterCommit.defer(handle, () -> committed.add(effect), () -> {});
            }
        }
        return committed;
    }

    void add(Effect effect) {
        effects.add(effect);
        bytes += cost(effect);
    }

    /** The approximate total number of bytes. */
    long bytes() {
        return bytes;
    }

    /** The length of a text in UTF-8, computed without encoding it. */
    static int bytes(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            if (at >= TWO_BYTES) {
                // A character beyond U+FFFF is two chars in Java, and four bytes in UTF-8.
                bytes += at < THREE_BYTES || Character.isSurrogate(at) ? 1 : 2;
            }
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private static long cost(Effect effect) {
        return Effect.OVERHEAD + (long) effect.bytes();
    }

    int size() {
        return effects.size();
    }

    int timers() {
        return (int) effects.stream().filter(StartTimer.class::isInstance).count();
    }

    boolean haveStream() {
        return effects.stream().anyMatch(Stream.class::isInstance);
    }

    /** Discards all but the first ones. */
    void forgetFrom(int index) {
        List<Effect> forgotten = effects.subList(index, effects.size());
        forgotten.forEach(effect -> bytes -= cost(effect));
        forgotten.clear();
    }

    CompletionStage<Done> release(TurnExecutor turn) {
        CompletionStage<Done> last = turn.done();
        for (Effect effect : effects) {
            last = last.thenCompose(done -> effect.release(turn));
        }
        return last;
    }
}
