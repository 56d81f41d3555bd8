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
 * Finds subjects that do the same thing for longer than a bound, by checking all of them at intervals, so that none needs a timer or a
 * clock.
 *
 * <p>It counts checks instead of time: a pause of the whole process counts as one check, however long. It runs on the scheduler's thread,
 * because the dispatchers may be the ones that are blocked; confined to that thread.
 *
 * @param <S> what is watched
 */
public final class Watchdog<S> {
    private static final SafeLog LOG = SafeLog.of(Watchdog.class);

    // A subject over the bound is found at most a quarter of the bound late.
    private static final int LOOKS = 4;

    private final Supplier<? extends Collection<S>> subjects;
    private final Function<S, Optional<?>> deeds;
    private final Consumer<List<S>> late;
    private Map<S, Sight> seen = Map.of();

    /**
     * A watchdog that checks when {@link #look} is called, see {@link #every}.
     *
     * @param subjects all current subjects; called at each check
     * @param deeds what a subject does, equal as long as it is the same, or empty
     * @param late receives the subjects over the bound, once per deed; must be quick, because all timers wait for it
     */
    public Watchdog(
            Supplier<? extends Collection<S>> subjects, Function<S, Optional<?>> deeds, Consumer<List<S>> late) {
        this.subjects = subjects;
        this.deeds = deeds;
        this.late = late;
    }

    private record Sight(Object deed, int looks) {}

    /**
     * Watches until it is cancelled or the actor system terminates.
     *
     * @param system has the scheduler
     * @param bound how long a subject may do the same
     * @param subjects all current subjects; called at each check
     * @param deeds what a subject does, equal as long as it is the same, or empty
     * @param late receives the subjects over the bound, once per deed; must be quick, because all timers wait for it
     * @param <S> what is watched
     * @return cancels it
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
     * Runs the checks of several watchdogs with the same bound, until it is cancelled or the actor system terminates.
     *
     * @param system has the scheduler
     * @param bound how long a subject may do the same
     * @param looks calls {@link #look} of each; must not throw
     * @return cancels it
     */
    public static Cancellable every(ActorSystem system, Duration bound, Runnable looks) {
        Duration pause = bound.dividedBy(LOOKS);
        return system.scheduler()
                .scheduleWithFixedDelay(pause, pause, looks, ExecutionContexts.fromExecutor(Runnable::run));
    }

    /** Checks once. Never throws a failure that is not fatal, because the scheduler drops a task that throws. */
    public void look() {
        try {
            lookAtAll();
        } catch (Throwable failure) {
            LOG.warn("a check for long-running work failed; the next check runs as planned", failure);
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
