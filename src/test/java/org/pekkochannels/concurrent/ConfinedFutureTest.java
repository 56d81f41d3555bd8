package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inside a turn nobody waits for a stage; outside of it everybody may. */
final class ConfinedFutureTest {
    private static final RunningTurn TURN = () -> "ChatConsumer.receive(String) on /ws/chat/";

    private final ConfinedFuture<String> stage = new ConfinedFuture<>(Runnable::run);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesToWaitInsideATurn(boolean derived) {
        CompletableFuture<String> waited = derived ? stage.thenApply(value -> value) : stage;

        assertRefused("join()", waited::join);
        assertRefused("get()", waited::get);
        assertRefused("get(..)", () -> waited.get(1, TimeUnit.DAYS));
    }

    @Test
    void givesWhatIsCompleteInsideATurn() throws Exception {
        stage.complete("there");

        String joined = inTurn(() -> stage.join() + stage.get() + stage.get(1, TimeUnit.DAYS));

        assertThat(joined).isEqualTo("therethere".concat("there"));
    }

    @Test
    void waitsOutsideOfTurns() throws Exception {
        inTurn(() -> "over");
        CompletableFuture<?> completion = CompletableFuture.runAsync(() -> stage.complete("at last"));

        assertThat(stage.join()).isEqualTo("at last");
        completion.join();
    }

    @Test
    void failsWhenItsOwnerTakesNoMoreTasks() {
        RejectedExecutionException gone = new RejectedExecutionException("planted");
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> confined = ConfinedFuture.of(source, task -> {
            throw gone;
        });

        source.complete("too late");

        assertThatThrownBy(() -> confined.get(20, TimeUnit.SECONDS)).hasCause(gone);
    }

    @Test
    void knowsTheOuterTurnAgainAfterANestedOne() throws Exception {
        String seen = inTurn(() -> {
            TurnThread own = TurnThread.own();
            RunningTurn outer = own.enter(() -> "inner");
            String inner = description();
            own.leave(outer);
            return inner + " in " + description();
        });

        assertThat(seen).isEqualTo("inner in " + TURN.description());
        assertThat(TurnThread.current()).isEmpty();
    }

    private static String description() {
        return TurnThread.current().map(RunningTurn::description).orElse("");
    }

    private static void assertRefused(String call, ThrowingCallable waiting) {
        assertThatThrownBy(() -> inTurn(() -> {
                    try {
                        waiting.call();
                    } catch (Exception | Error e) {
                        throw e;
                    } catch (Throwable e) {
                        throw new AssertionError(e);
                    }
                    return "";
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(TURN.description() + " called " + call)
                .hasMessageContaining("thenCompose");
    }

    private static String inTurn(java.util.concurrent.Callable<String> body) throws Exception {
        TurnThread own = TurnThread.own();
        RunningTurn outer = own.enter(TURN);
        try {
            return body.call();
        } finally {
            own.leave(outer);
        }
    }
}
