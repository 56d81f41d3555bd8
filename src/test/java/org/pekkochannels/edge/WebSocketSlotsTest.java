package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/** How a server's connections are told that it goes away; they are stuck, and none ends by itself. */
class WebSocketSlotsTest {
    private final WebSocketSlots connections = new WebSocketSlots(
            100, CloseCode.SERVICE_RESTART, Duration.ofSeconds(1), new ContainedFailures(Runnable::run));
    private final Queue<Runnable> pauses = new ArrayDeque<>();
    private final List<Stuck> open = Stream.generate(Stuck::new).limit(5).toList();
    private final List<WebSocketSlots.Slot> slots =
            open.stream().map(guest -> connections.take(guest).orElseThrow()).toList();

    /** Hears the good-bye, and stays. */
    private static final class Stuck implements WebSocketSlots.Occupant {
        private boolean told;

        @Override
        public void goAway(CloseReason reason) {
            told = true;
        }

        @Override
        public void abort() {}

        @Override
        public void tick(long nanoTime) {}

        @Override
        public boolean hasSocket() {
            return true;
        }

        @Override
        public String path() {
            return "/ws/";
        }
    }

    /** Records what it is asked for; perhaps it throws then. */
    private static final class Recording implements WebSocketSlots.Occupant {
        private final List<String> calls = new ArrayList<>();
        private final boolean fails;

        Recording(boolean fails) {
            this.fails = fails;
        }

        private void called(String call) {
            calls.add(call);
            if (fails) {
                throw new LinkageError("planted");
            }
        }

        @Override
        public void goAway(CloseReason reason) {
            called("goAway");
        }

        @Override
        public void abort() {
            called("abort");
        }

        @Override
        public void tick(long nanoTime) {
            called("tick");
        }

        @Override
        public boolean hasSocket() {
            return false;
        }

        @Override
        public String path() {
            return "/ws/";
        }
    }

    private CompletionStage<Done> goAway(int batch) {
        return connections.goAway(batch, pauses::add);
    }

    private long toldSoFar() {
        return open.stream().filter(guest -> guest.told).count();
    }

    @Test
    void tellsABatchAtOnceAndTheNextAfterAPauseWhetherOrNotItHasEnded() {
        CompletionStage<Done> ended = goAway(2);
        assertThat(toldSoFar()).isEqualTo(2);

        pauses.remove().run();
        assertThat(toldSoFar()).isEqualTo(4);

        pauses.remove().run();
        assertThat(toldSoFar()).isEqualTo(5);
        assertThat(pauses).isEmpty();
        assertThat(ended).isNotCompleted();

        slots.forEach(WebSocketSlots.Slot::free);
        assertThat(ended).isCompleted();
    }

    @Test
    void timesTellsAndCutsTheOthersWhenOneFails() {
        ContainedFailures failures = new ContainedFailures(Runnable::run);
        WebSocketSlots failing = new WebSocketSlots(100, CloseCode.SERVICE_RESTART, Duration.ofSeconds(1), failures);
        List<Recording> guests =
                Stream.of(false, true, false).map(Recording::new).toList();
        guests.forEach(guest -> assertThat(failing.take(guest)).isPresent());

        failing.tick(0);
        failing.goAway(100, pauses::add);
        failing.abort();

        assertThat(guests).allMatch(guest -> guest.calls.equals(List.of("tick", "goAway", "abort")));
        assertThat(failures.count(ContainedFailures.Place.TIMER).sum()).isOne();
        assertThat(failures.count(ContainedFailures.Place.SHUTDOWN).sum()).isEqualTo(2);
    }

    @Test
    void takesNobodyInWhileItTellsTheOthers() {
        CompletionStage<Done> ended = goAway(1);

        assertThat(connections.take(new Stuck())).isEmpty();
        assertThat(ended).isNotCompleted();
    }

    @Test
    void tellsWhoIsGivenASlotMeanwhileAtOnce() {
        goAway(1);
        Stuck next = new Stuck();

        slots.get(4).pass(next);

        assertThat(next.told).isTrue();
    }
}
