package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;

/** {@code channels.consumer.max-groups}: how many groups one consumer may be in. */
class MaxGroupsTest extends ConsumerTestSystem {
    private static final String REFUSED = "cannot join group 'c': the consumer is in 2 groups"
            + " (channels.consumer.max-groups); discard() those that it no longer needs, or raise the bound";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Override
    String extraConfig() {
        return "channels.consumer.max-groups = 2";
    }

    /** Joins what it is told to, and leaves what it is told to with a minus. */
    private static final class Joining extends WebSocketConsumer {
        Joining(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            CompletionStage<Done> change = text.startsWith("-")
                    ? group(text.substring(1)).discard()
                    : group(text).add();
            return change.handle((done, failure) -> failure == null ? "done" : describe(failure))
                    .thenCompose(this::send);
        }
    }

    private static final class SyncJoining extends SyncWebSocketConsumer {
        SyncJoining(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            try {
                group(text).add();
                send("done");
            } catch (TooManyGroupsException e) {
                send(describe(e));
            }
        }
    }

    private static String describe(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(TooManyGroupsException.class, refused -> {
            assertThat(refused.group()).isEqualTo("c");
            assertThat(refused.maxGroups()).isEqualTo(2);
        });
        return Objects.requireNonNull(failure.getMessage());
    }

    @Test
    void failsTheJoinThatIsOneTooManyAtOnceAndCountsIt() {
        new ChannelsMetrics(kit.system()).bindTo(registry);
        Door door = Door.open(kit, Joining::new);

        door.tell("a", "b", "c", "b");

        assertThat(door.next(4)).containsExactly("done", "done", REFUSED, "done");
        assertThat(layer().stats().members()).isEqualTo(2);
        assertThat(registry.get("channels.consumer.groups.refused")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        leave(door);
    }

    @Test
    void countsAGroupThatIsJoinedTwiceOnce() {
        Door door = Door.open(kit, Joining::new);

        door.tell("a", "a", "a", "b", "c");

        assertThat(door.next(5)).containsExactly("done", "done", "done", "done", REFUSED);
        leave(door);
    }

    @Test
    void takesAnotherGroupInPlaceOfOneThatWasLeft() {
        Door door = Door.open(kit, Joining::new);

        door.tell("a", "b", "-a", "c");

        assertThat(door.next(4)).containsExactly("done", "done", "done", "done");
        leave(door);
    }

    @Test
    void throwsInABlockingConsumer() {
        Door door = Door.open(kit, SyncJoining::new);

        door.tell("a", "b", "c");

        assertThat(door.next(3)).containsExactly("done", "done", REFUSED);
        leave(door);
    }

    @Test
    void countsJoinsThatAreUnderWay() {
        CompletableFuture<Done> slow = new CompletableFuture<>();
        ChannelLayer layer = (ChannelLayer) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ChannelLayer.class},
                (proxy, method, arguments) ->
                        method.getName().equals("groupAdd") ? slow : method.invoke(layer(), arguments));
        Membership membership = new Membership(
                layer,
                new AfterCommit(
                        layer,
                        () -> {
                            throw new AssertionError("no layer is in a database");
                        },
                        new ConsumerCounters(),
                        1024),
                new ConsumerCounters(),
                2,
                event -> {});

        CompletionStage<Done> first = membership.join(new GroupName("a"));
        membership.join(new GroupName("b"));

        assertThat(membership.join(new GroupName("c")).toCompletableFuture()).isCompletedExceptionally();
        slow.completeExceptionally(new IllegalStateException("planted"));
        assertThat(first.toCompletableFuture()).isCompletedExceptionally();
        assertThat(membership.join(new GroupName("c"))).isSameAs(slow);
        membership.close();
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
