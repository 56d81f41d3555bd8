package org.pekkochannels.consumer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.HandleCallback;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Position;

/**
 * Joins a group, and then reads its state, while the group's events wait in the consumer's channel. Confined to the consumer's turns.
 *
 * <p>An event for which the channel had no room may be missing in the state too. Then both are done once more: the second join drops what
 * waits, which the second state covers.
 *
 * <p>If the group's history is in the same database, one snapshot of it has the state and the position to which it belongs. Then the order is
 * reversed: a join from that position receives exactly the events that the state does not contain.
 *
 * @param <T> the type of the state
 */
final class StateReading<T> {
    private final GroupName group;
    private final ConsumerContext context;
    private final HandleCallback<T, ? extends Exception> state;

    StateReading(GroupName group, ConsumerContext context, HandleCallback<T, ? extends Exception> state) {
        this.group = group;
        this.context = context;
        this.state = state;
    }

    CompletionStage<Snapshot<T>> start() {
        return context.turn().bring(attempt(this::again));
    }

    private CompletionStage<Snapshot<T>> again() {
        return attempt(() -> CompletableFuture.failedFuture(overflow(group, context)));
    }

    static GroupOverflowException overflow(GroupName group, ConsumerContext context) {
        return new GroupOverflowException(
                group.value(), context.membership().layer().capacity());
    }

    /** What to do if the state does not fit the events. */
    private interface Overflow<T> {
        CompletionStage<Snapshot<T>> handle();
    }

    private CompletionStage<Snapshot<T>> attempt(Overflow<T> overflow) {
        return StateSnapshot.in(context.membership().layer(), group)
                .map(snapshot -> readFirst(snapshot, overflow))
                .orElseGet(() -> joinFirst(overflow));
    }

    private CompletionStage<Snapshot<T>> readFirst(StateSnapshot snapshot, Overflow<T> overflow) {
        return context.database()
                .inTransaction(StateSnapshot.OPTIONS, handle -> snapshot.read(handle, state))
                .thenCompose(read -> context.turn()
                        .bring(context.membership().join(group, read.position()))
                        .thenCompose(joined -> {
                            context.removeSuperseded(group);
                            return joined.recovered() ? CompletableFuture.completedFuture(read) : overflow.handle();
                        })
                        .exceptionallyCompose(this::leave));
    }

    private CompletionStage<Snapshot<T>> joinFirst(Overflow<T> overflow) {
        Membership membership = context.membership();
        return context.turn().bring(membership.join(group, Position.NONE)).thenCompose(joined -> {
            context.removeSuperseded(group);
            int before = membership.misses();
            return context.database()
                    .withHandle(state)
                    .thenCompose(read -> membership.misses() == before
                            ? CompletableFuture.completedFuture(new Snapshot<>(read, joined.position()))
                            : overflow.handle())
                    .exceptionallyCompose(this::leave);
        });
    }

    /** Fails after the group was left. */
    private CompletionStage<Snapshot<T>> leave(Throwable failure) {
        return context.turn()
                .bring(context.membership().leave(group))
                .handle((left, unused) -> left)
                .thenCompose(left -> CompletableFuture.failedFuture(failure));
    }
}
