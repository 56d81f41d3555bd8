package org.pekkochannels.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.dispatch.ExecutionContexts;
import org.jspecify.annotations.Nullable;

/**
 * Finds subjects that do the same thing for longer than a bound, by looking at all of them at intervals, so that none needs a
 * separate timer or clock.
 *
 * <p>It counts its looks: a pause of the whole process is one, however long. It looks on the scheduler's own thread, as
 * dispatchers may be what is stuck; confined to that thread.
 *
 * @param <S> who is watched
 */
public final class Watchdog<S> {
    private static final SafeLog LOG = SafeLog.of(Watchdog.class);

    // Who is over the bound is found a quarter of it late at most.
    private static final int LOOKS = 4;

    private final Supplier<? extends Collection<S>> subjects;
    private final Function<S, Optional<?>> deeds;
    private final Consumer<List<S>> late;
    private Map<S, Sight> seen = Map.of();

    /**
     * A watchdog that looks when it is told to, see {@link #every}.
     *
     * @param subjects all there are; called at each look
     * @param deeds what a subject does, equal as long as it is the same, or nothing
     * @param late is given, once for each deed, the subjects that are over the bound; quick, as all timers wait for it
     */
    public Watchdog(
            Supplier<? extends Collection<S>> subjects, Function<S, Optional<?>> deeds, Consumer<List<S>> late) {
        this.subjects = subjects;
        this.deeds = deeds;
        this.late = late;
    }

    private record Sight(Object deed, int looks) {}

    /**
     * Watches until it is cancelled, or the actor system ends.
     *
     * @param system has the scheduler
     * @param bound how long somebody may do the same
     * @param subjects all there are; called at each look
     * @param deeds what somebody does, equal as long as it is the same, or nothing
     * @param late is told, once for each deed, who is over the bound; quick, as all timers wait for it
     * @param <S> who is watched
     * @return ends it
     */
    public static <S> Cancellable start(
            ActorSystem system,
            Duration bound,
            Supplier<? extends Collection<S>> subjects,
            Function<S, Optional<?>> deeds,
            Consumer<List<S>> late) {
        return every(system, bound, new Watchdog<>(subjects, deeds, late)::look);
    }

    /**
     * Has watchdogs of one bound look, until it is cancelled, or the actor system ends.
     *
     * @param system has the scheduler
     * @param bound how long a subject may do the same
     * @param looks calls {@link #look} of each; must not throw
     * @return ends it
     */
    public static Cancellable every(ActorSystem system, Duration bound, Runnable looks) {
        Duration pause = bound.dividedBy(LOOKS);
        return system.scheduler()
                .scheduleWithFixedDelay(pause, pause, looks, ExecutionContexts.fromExecutor(Runnable::run));
    }

    /** Looks once. The scheduler gives up a task that throws. */
    public void look() {
        try {
            lookAtAll();
        } catch (Throwable failure) {
            LOG.warn("a look at what takes long failed; the next look comes as planned", failure);
            FatalErrors.rethrow(failure);
        }
    }

    private void lookAtAll() {
        Map<S, Sight> present = new HashMap<>();
        subjects.get()
                .forEach(subject ->
                        deeds.apply(subject).ifPresent(deed -> present.put(subject, sight(seen.get(subject), deed))));
        seen = present;
        List<S> over = new ArrayList<>();
        present.forEach((subject, sight) -> {
            if (sight.looks() == LOOKS) {
                over.add(subject);
            }
        });
        if (!over.isEmpty()) {
            late.accept(over);
        }
    }

    private static Sight sight(@Nullable Sight before, Object deed) {
        return new Sight(deed, before != null && before.deed().equals(deed) ? before.looks() + 1 : 0);
    }
}
