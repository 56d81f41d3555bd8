package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.NearOverflow;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.CloseReason;

/** A thread whose stack overflows inside a call to a consumer leaves that consumer running, with room for further calls. */
class OverflowingCallerTest extends ConsumerTestSystem {
    private static final Event NOTE = Event.of("note", "text");

    private final CompletableFuture<Callee> made = new CompletableFuture<>();
    private final Queue<CompletionStage<?>> calls = new ConcurrentLinkedQueue<>();

    @Override
    String extraConfig() {
        return "channels { consumer.max-foreign-calls = 1, layer.capacity = 100000 }";
    }

    private final class Callee extends WebSocketConsumer {
        final Group all = group("all");

        Callee(ConsumerContext context) {
            super(context);
            on("note", String.class, note -> done());
            made.complete(this);
        }

        @Override
        protected CompletionStage<?> connect() {
            return all.add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    private enum Kind {
        SEND {
            @Override
            CompletionStage<?> call(Callee callee) {
                return callee.send("");
            }
        },
        ON_TURN {
            @Override
            CompletionStage<?> call(Callee callee) {
                return callee.onTurn(CompletableFuture.completedFuture(1));
            }
        },
        COMPLETE {
            @Override
            CompletionStage<?> call(Callee callee) {
                CompletableFuture<String> answer = new CompletableFuture<>();
                CompletionStage<String> stage = callee.onTurn(answer);
                answer.complete("");
                return stage;
            }
        },
        JOIN {
            @Override
            CompletionStage<?> call(Callee callee) {
                return callee.all.add();
            }
        },
        DATABASE {
            @Override
            CompletionStage<?> call(Callee callee) {
                return callee.database().withLazyHandle(handles -> 1);
            }
        },
        EVENT {
            @Override
            CompletionStage<?> call(Callee callee) {
                return callee.channelLayer().groupSend("all", NOTE);
            }
        };

        abstract CompletionStage<?> call(Callee callee);
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheConsumerRunning(Kind kind) throws Exception {
        Door door = Door.open(kit, Callee::new);
        Callee callee = made.join();
        await(kind.call(callee)); // classes are loaded, and lambdas linked

        int overflows = NearOverflow.run(() -> calls.add(kind.call(callee)));

        assertThat(overflows).as("overflows").isPositive();
        assertThat(calls).isNotEmpty().allSatisfy(OverflowingCallerTest::await);
        door.tell("message");
        while (!door.next().equals("message")) {
            // what the calls have sent
        }
        assertThat(callee.send("room")).as("a further call").succeedsWithin(Duration.ofSeconds(20));
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    /** Succeeded, or refused as another call was pending, or failed by the overflow. */
    private static void await(CompletionStage<?> stage) {
        assertThat(stage.handle((value, failure) -> failure == null
                        || failure instanceof ConsumerOverloadedException
                        || failure instanceof StackOverflowError))
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo(true);
    }
}
