package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pekkochannels.concurrent.Ticker;

/** How the time of an application under test passes. Thread-safe. */
interface Passage {
    /** Lets time pass. */
    void passes(Duration duration);

    /** Lets as much time pass as a stage needs. */
    void passesUntil(CompletableFuture<?> done);

    /** The state of the time, for the message of a failure. */
    String words();

    /** The passage of a scheduler's time. */
    static Passage of(ActivityOwner scheduler, Quiescence quiescence) {
        return scheduler instanceof VirtualTime time ? new Virtual(time, quiescence) : new Real();
    }

    /** The time of the test. */
    record Virtual(VirtualTime time, Quiescence quiescence) implements Passage {
        // Real time in which work outside the actor system, such as closing a pool, may go on before virtual time
        // passes.
        private static final long PAUSE_MILLIS = 20;
        private static final Duration FIRST_STEP = Duration.ofMillis(100);
        private static final Duration LONGEST_STEP = Duration.ofSeconds(10);

        @Override
        public synchronized void passes(Duration duration) {
            if (duration.isNegative()) {
                throw new IllegalArgumentException("time cannot pass backwards, was " + duration);
            }
            advance(duration, quiescence::awaitIdle);
        }

        private static Duration longer(Duration step) {
            return step.compareTo(LONGEST_STEP) < 0 ? step.multipliedBy(2) : step;
        }

        private void advance(Duration duration, Runnable idle) {
            long end = time.passed() + duration.toNanos();
            idle.run();
            for (OptionalLong due = time.nextDue(); due.isPresent() && due.getAsLong() <= end; due = time.nextDue()) {
                time.advanceTo(due.getAsLong());
                idle.run();
            }
            time.advanceTo(end);
        }

        @Override
        public synchronized void passesUntil(CompletableFuture<?> done) {
            // Longer each time, because a stop may wait for timeouts.
            for (Duration step = FIRST_STEP; !isDoneWithin(done, PAUSE_MILLIS); step = longer(step)) {
                advance(
                        step,
                        () -> quiescence
                                .activity()
                                .awaitIdle(Ticker.SYSTEM.read() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS)));
            }
        }

        private static boolean isDoneWithin(CompletableFuture<?> done, long millis) {
            try {
                done.get(millis, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("the test's thread was interrupted", e);
            }
        }

        @Override
        public String words() {
            OptionalLong due = time.nextDue();
            return due.isEmpty()
                    ? ""
                    : "\n  time stands still; the next timer is due in "
                            + Duration.ofNanos(due.getAsLong() - time.passed()) + ", see TestApplication.passes(..)";
        }
    }

    /** The real time. */
    record Real() implements Passage {
        @Override
        public void passes(Duration duration) {
            throw new IllegalStateException("time passes by itself over sockets; test it with TestEdge.MEMORY");
        }

        @Override
        public void passesUntil(CompletableFuture<?> done) {
            // it does so by itself
        }

        @Override
        public String words() {
            return "";
        }
    }
}
