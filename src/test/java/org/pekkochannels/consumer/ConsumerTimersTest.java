package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.pekko.actor.Cancellable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.Consumer.TooManyTimersException;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Timers of consumers: one run at a time, each a callback, and none after the end. */
class ConsumerTimersTest extends FailureTestSystem {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATER = Duration.ofHours(1);

    private final List<String> said = new CopyOnWriteArrayList<>();

    private enum Kind {
        ASYNC,
        BLOCKING
    }

    /** Does what its client writes. */
    private class Async extends WebSocketConsumer {
        final CopyOnWriteArrayList<Cancellable> timers = new CopyOnWriteArrayList<>();
        private int ticks;

        Async(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected CompletionStage<?> connect() {
            return group("all").add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            switch (text) {
                case "every" -> timers.add(every(SOON, this::tick));
                case "after" -> timers.add(after(SOON, () -> send("after")));
                case "later" -> timers.add(after(LATER, () -> send("later")));
                case "fail" ->
                    timers.add(every(SOON, () -> {
                        ticks++;
                        throw new IllegalStateException("planted " + ticks);
                    }));
                default -> send(text);
            }
            return done();
        }

        final CompletionStage<?> tick() {
            ticks++;
            if (ticks == 3) {
                assertThat(timers.get(0).cancel()).isTrue();
            }
            return send("tick " + ticks);
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            send(failure.callback() + " " + failure.cause().getMessage());
            return ticks == 3 ? done() : keepOpen();
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            said.add("cancelled " + timers.stream().allMatch(Cancellable::isCancelled));
            said.add("cancelled " + after(SOON, () -> send("never")).isCancelled());
            return done();
        }
    }

    private class Blocking extends SyncWebSocketConsumer {
        final CopyOnWriteArrayList<Cancellable> timers = new CopyOnWriteArrayList<>();
        private int ticks;

        Blocking(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected void connect() {
            group("all").add();
            accept();
        }

        @Override
        protected void receive(String text) {
            switch (text) {
                case "every" -> timers.add(every(SOON, this::tick));
                case "after" -> timers.add(after(SOON, () -> send("after")));
                case "later" -> timers.add(after(LATER, () -> send("later")));
                case "fail" ->
                    timers.add(every(SOON, () -> {
                        ticks++;
                        send("discarded");
                        throw new IllegalStateException("planted " + ticks);
                    }));
                default -> send(text);
            }
        }

        final void tick() {
            ticks++;
            if (ticks == 3) {
                assertThat(timers.get(0).cancel()).isTrue();
            }
            handle().execute("select 1");
            send("tick " + ticks);
        }

        @Override
        protected void failed(Failure failure) {
            send(failure.callback() + " " + failure.cause().getMessage());
            if (ticks != 3) {
                keepOpen();
            }
        }

        @Override
        protected void disconnect(CloseReason reason) {
            said.add("cancelled " + timers.stream().allMatch(Cancellable::isCancelled));
            Cancellable late = after(SOON, () -> send("never"));
            said.add("cancelled " + !late.cancel());
        }
    }

    private Function<ConsumerContext, Consumer> of(Kind kind) {
        return kind == Kind.ASYNC ? Async::new : Blocking::new;
    }

    @ParameterizedTest
    @EnumSource
    void repeatsUntilTheCallbackCancelsItsTimer(Kind kind) {
        Door door = Door.open(kit, of(kind));

        door.tell("every");

        assertThat(door.next(3)).containsExactly("tick 1", "tick 2", "tick 3");
        door.tell("after");
        assertThat(door.next()).isEqualTo("after");
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void runsOnceAfterATime(Kind kind) {
        Door door = Door.open(kit, of(kind));

        door.tell("after");
        assertThat(door.next()).isEqualTo("after");
        door.tell("text");
        assertThat(door.next()).isEqualTo("text");
        leave(door);
    }

    @ParameterizedTest
    @EnumSource
    void passesItsFailuresToTheHookAndGoesOn(Kind kind) {
        Door door = Door.open(kit, of(kind));

        door.tell("fail");

        assertThat(door.next(4))
                .containsExactly(
                        "every(1ms) planted 1", "every(1ms) planted 2", "every(1ms) planted 3", CloseReason.of(1011));
        door.awaitStop();
        log.await(".every(1ms) on /ws/test/ failed");
    }

    @ParameterizedTest
    @EnumSource
    void cancelsAllTimersBeforeDisconnect(Kind kind) {
        Door door = Door.open(kit, of(kind));

        door.tell("later", "later", "text");
        assertThat(door.next()).isEqualTo("text");
        leave(door);

        assertThat(said.get(0)).isEqualTo("cancelled true");
        if (kind == Kind.ASYNC) {
            assertThat(said.get(1)).as("a timer of disconnect").isEqualTo("cancelled true");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAFurtherTimerOverTheBound(Kind kind) {
        Door door = Door.open(kit, of(kind));
        String[] texts = new String[17];
        Arrays.fill(texts, "later");

        door.tell(texts);

        assertThat((String) door.next())
                .startsWith("receive(String) ConsumerTimersTest$")
                .contains(" cannot start a timer: it has 16 timers (channels.consumer.max-timers); cancel() those");
        assertThat(count("channels.consumer.timers.refused")).isEqualTo(1);
        leave(door);
    }

    /** Its timers are due when the test says so. */
    private static final class Driven extends WebSocketConsumer {
        private final CompletableFuture<String> pending = new CompletableFuture<>();
        private final List<ConsumerTimer> timers = new CopyOnWriteArrayList<>();

        Driven(ConsumerContext context, AtomicReference<Driven> made) {
            super(context);
            on("note", String.class, this::send);
            made.set(this);
            timers.add((ConsumerTimer) after(LATER, () -> send("t0")));
        }

        @Override
        protected CompletionStage<?> connect() {
            return group("all").add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("wait")) {
                send("waits");
                return onTurn(pending);
            }
            if (text.equals("four")) {
                for (int i = 1; i < 4; i++) {
                    String word = "t" + i;
                    timers.add((ConsumerTimer) after(LATER, () -> send(word)));
                }
            }
            return send(text);
        }
    }

    @Test
    void alternatesWithMessagesAndEvents() {
        AtomicReference<Driven> made = new AtomicReference<>();
        Door door = Door.open(kit, context -> new Driven(context, made));
        Driven driven = Objects.requireNonNull(made.get());
        door.tell("four", "wait");
        assertThat(door.next(2)).containsExactly("four", "waits");

        door.tell("m1", "m2", "m3");
        for (String event : List.of("e1", "e2")) {
            layer().groupSend("all", Event.of("note", event))
                    .toCompletableFuture()
                    .join();
        }
        driven.timers.forEach(ConsumerTimer::run);
        // Behind all of these, and on the turn: the callback may not have returned its stage yet.
        driven.context().turn().offer(() -> driven.pending.complete("done"));

        assertThat(door.next(9)).containsExactly("e1", "t0", "m1", "e2", "t1", "m2", "t2", "m3", "t3");
        leave(door);
    }

    @Test
    void doesNotRunATimerThatIsCancelledWhileItWaits() throws Exception {
        AtomicReference<Driven> made = new AtomicReference<>();
        Door door = Door.open(kit, context -> new Driven(context, made));
        Driven driven = Objects.requireNonNull(made.get());
        ConsumerTimer timer = driven.timers.get(0);
        door.tell("wait");
        assertThat(door.next()).isEqualTo("waits");

        timer.run();
        boolean cancelled = CompletableFuture.supplyAsync(timer::cancel).get();
        driven.pending.complete("done");
        door.tell("text");

        assertThat(cancelled).as("from another thread").isTrue();
        assertThat(door.next()).isEqualTo("text");
        assertThat(timer.isCancelled()).isTrue();
        assertThat(timer.cancel()).as("again").isFalse();
        leave(door);
        assertThat(timer.cancel()).as("after the end").isFalse();
    }

    @Test
    void beginsAfterConnect() {
        CompletableFuture<String> connecting = new CompletableFuture<>();
        Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> new WebSocketConsumer(context) {
            {
                every(SOON, Duration.ofHours(1), () -> send("tick"));
            }

            @Override
            protected CompletionStage<?> connect() {
                return onTurn(connecting).thenCompose(connected -> accept());
            }
        });
        door.awaitTurn();
        door.awaitTurn(); // that of the timer, which waits
        connecting.complete("now");

        assertThat(door.next()).isInstanceOf(Acceptance.class);
        assertThat(door.next()).isEqualTo("tick");
        leave(door);
    }

    @Test
    void waitsForTheStageOfARunBeforeTheNext() {
        CompletableFuture<String> pending = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            private int runs;

            @Override
            protected CompletionStage<?> receive(String text) {
                every(SOON, this::tick);
                return done();
            }

            private CompletionStage<?> tick() {
                runs++;
                send("run " + runs);
                return runs == 1 ? onTurn(pending).thenCompose(this::send) : done();
            }
        });

        door.tell("go", "unread");
        assertThat(door.next()).isEqualTo("run 1");
        pending.complete("over");

        assertThat(door.next(2)).containsExactly("over", "run 2");
        leave(door);
    }

    @Test
    void endsTheConnectionWhenARunFailsWithoutAHook() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                after(SOON, () -> null);
            }
        });

        assertThat(door.next()).isEqualTo(CloseReason.of(1011));
        door.awaitStop();
        assertThat(log.await(".after(1ms) on /ws/test/ failed")).contains("after(1ms) returned null; return send(..)");
    }

    @Test
    void startsTimersOfAnotherThread() throws Exception {
        AtomicReference<Driven> made = new AtomicReference<>();
        Door door = Door.open(kit, context -> new Driven(context, made));
        Driven driven = Objects.requireNonNull(made.get());

        CompletableFuture.supplyAsync(() -> driven.after(SOON, () -> driven.send("foreign")))
                .get();

        assertThat(door.next()).isEqualTo("foreign");
        leave(door);
    }

    @Test
    void startsTheTimersOfABlockingCallbackOnlyIfItSucceeds() {
        CopyOnWriteArrayList<ConsumerTimer> timers = new CopyOnWriteArrayList<>();
        Door door = Door.open(kit, context -> new SyncWebSocketConsumer(context) {
            @Override
            protected void receive(String text) {
                timers.add((ConsumerTimer) after(SOON, () -> send("after " + text)));
                if (text.equals("fail")) {
                    throw new IllegalStateException("planted");
                }
                if (text.equals("cancel")) {
                    assertThat(timers.get(timers.size() - 1).cancel()).isTrue();
                }
            }

            @Override
            protected void failed(Failure failure) {
                keepOpen();
            }
        });

        door.tell("fail", "cancel", "go");

        assertThat(door.next()).isEqualTo("after go");
        assertThat(timers.get(0).is(ConsumerTimer.State.NEW)).isTrue();
        assertThat(timers.get(1).isCancelled()).isTrue();
        leave(door);
    }

    @Test
    void countsTheTimersOfABlockingCallbackThatAreNotStartedYet() {
        Door door = Door.open(kit, context -> new SyncWebSocketConsumer(context) {
            @Override
            protected void receive(String text) {
                int started = 0;
                try {
                    for (; started < 20; started++) {
                        after(LATER, () -> {});
                    }
                } catch (TooManyTimersException e) {
                    send(started + " of " + e.maxTimers());
                }
            }
        });

        door.tell("go");

        assertThat(door.next()).isEqualTo("16 of 16");
        leave(door);
    }

    @Test
    void refusesATimerOfABlockingConsumerOnAnotherThread() {
        AtomicReference<Blocking> made = new AtomicReference<>();
        Door door = Door.open(kit, context -> {
            Blocking blocking = new Blocking(context);
            made.set(blocking);
            return blocking;
        });

        assertThatThrownBy(() -> Objects.requireNonNull(made.get()).after(SOON, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was used outside its callbacks");
        leave(door);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999S", "PT576H0.001S", "PT10000000000000H"})
    void refusesTimesOutOfBounds(String time) {
        Duration wrong = Duration.parse(time);
        Door refused = Door.knock(kit, Scope.of("/ws/test/"), context -> new WebSocketConsumer(context) {
            {
                every(SOON, Duration.ofDays(24), this::done).cancel();
                every(wrong, this::done);
            }
        });
        assertThat(((Refusal) refused.next()).status()).isEqualTo(500);
        assertThat(log.await(" failed")).contains("the time of every(..) must be from 1 ms to 24 days, was " + wrong);
        refused.awaitStop();
        for (java.util.function.Consumer<WebSocketConsumer> call :
                List.<java.util.function.Consumer<WebSocketConsumer>>of(
                        c -> c.after(wrong, c::done), c -> c.every(wrong, SOON, c::done), c -> c.jitter(wrong))) {
            Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> new WebSocketConsumer(context) {
                {
                    call.accept(this);
                }
            });
            assertThat(((Refusal) door.next()).status()).isEqualTo(500);
            assertThat(log.await(" failed")).contains("must be from 1 ms to 24 days, was " + wrong);
            door.awaitStop();
        }
    }

    @Test
    void spreadsTheFirstRunWithinTheTime() {
        List<Duration> times = new CopyOnWriteArrayList<>();
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                for (int i = 0; i < 1000; i++) {
                    times.add(jitter(Duration.ofMillis(3)));
                }
            }
        });

        assertThat(times).containsOnly(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3));
        leave(door);
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
