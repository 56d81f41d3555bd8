package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.testkit.ChannelProbe;

/** What an event loop sends, which has others deliver to a large group; the others are the test itself, when it likes. */
final class LargeGroupTest {
    private static final String TYPE = "chat.message";
    private static final int MEMBERS = 257;

    private final Queue<Runnable> others = new ArrayDeque<>();
    private final Offloader offloader = new Offloader(others::add);
    private final ChannelLayer layer = ChannelLayer.inMemory(100_000, Duration.ofHours(1));
    private final List<Channel> members = new ArrayList<>();
    private ChannelProbe last;

    /** A thread as an event loop's is. */
    private final class LoopThread extends Thread implements Offloader.Source {
        LoopThread(Runnable work) {
            super(work);
        }

        @Override
        public Offloader offloader() {
            return offloader;
        }
    }

    @BeforeEach
    void fillsTheRoom() {
        for (int i = 1; i < MEMBERS; i++) {
            join(layer.newChannel(event -> {}));
        }
        last = new ChannelProbe(layer);
        join(last.channel());
    }

    private void join(Channel channel) {
        members.add(channel);
        layer.groupAdd("room", channel).toCompletableFuture().join();
    }

    @AfterEach
    void nothingLingers() {
        members.forEach(Channel::close);

        assertThat(layer.stats().channels()).isZero();
        assertThat(layer.stats().members()).isZero();
    }

    private <T> T onLoop(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new LoopThread(() -> result.completeAsync(work, Runnable::run)).start();
        return result.join();
    }

    private CompletionStage<Done> groupSend(String text) {
        return onLoop(() -> layer.groupSend("room", TYPE, text));
    }

    private CompletionStage<Done> send(String text) {
        return onLoop(() -> layer.send(last.name(), TYPE, text));
    }

    private void othersDeliver() {
        for (Runnable task = others.poll(); task != null; task = others.poll()) {
            task.run();
        }
    }

    @Test
    void whatIsSentWhenTheStageHasCompletedComesAfterByWhomever() throws InterruptedException {
        groupSend("one").thenCompose(sent -> layer.groupSend("room", TYPE, "two"));

        othersDeliver();

        last.expect("one", "two");
        last.expectNothing();
    }

    @Test
    void whatTheLoopSendsToTheOthersComesInOrderToThem() throws InterruptedException {
        GroupName room = new GroupName("room");
        CompletionStage<Done> first = groupSend("one");
        CompletionStage<Done> second = onLoop(() -> layer.groupSendExcept(room, last.name(), Event.of(TYPE, "others")));
        CompletionStage<Done> third =
                onLoop(() -> layer.groupSendExcept(room, members.get(0).name(), Event.of(TYPE, "two")));

        othersDeliver();

        assertThat(List.of(first, second, third))
                .allSatisfy(sent -> assertThat(sent).isCompleted());
        last.expect("one", "two");
        last.expectNothing();
    }

    @Test
    void whatTheLoopSendsMeanwhileComesAfter() throws InterruptedException {
        CompletionStage<Done> first = groupSend("one");
        CompletionStage<Done> second = send("two");
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();

        othersDeliver();

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        last.expect("one", "two");
        assertThat(send("three")).isCompleted();
        last.expect("three");
    }

    @Test
    void failsTheStageOfADroppedEventOfAGroupWithHistory() {
        LocalChannels local = new LocalChannels(100, Duration.ofHours(1));
        HistoryStore store =
                new HistoryStore(List.of(new HistoryRule("chat", 10, Duration.ofHours(1))), 1 << 20, local);
        ChannelLayer keeping = new InMemoryLayer(local, store, ChannelLayer.DEFAULT_MAX_EVENT);
        GroupName chat = GroupName.of("chat", "lobby");
        onLoop(() -> {
            for (int i = 0; i < Offloader.MOST; i++) {
                layer.groupSend("room", TYPE, "" + i);
            }
            return Done.done();
        });

        assertThatThrownBy(
                        onLoop(() -> keeping.groupSend(chat, TYPE, "dropped")).toCompletableFuture()::join)
                .hasCauseInstanceOf(ChannelFullException.class)
                .hasMessageContaining("event for 'chat_lobby' was dropped: 10000 events of its sender's event loop");

        assertThat(keeping.stats().full()).isEqualTo(1);
        assertThat(store.newest(chat, 10)).isEmpty();
        othersDeliver();
    }

    @Test
    void dropsAndCountsWhatIsTooMuchToWait() throws InterruptedException {
        groupSend("first");
        onLoop(() -> {
            for (int i = 1; i < Offloader.MOST; i++) {
                layer.send(last.name(), TYPE, "" + i);
            }
            return Done.done();
        });

        assertThatThrownBy(send("dropped").toCompletableFuture()::join)
                .hasCauseInstanceOf(ChannelFullException.class)
                .hasMessageContaining(last.name())
                .hasMessageContaining("10000 events of its sender's event loop");
        assertThat(groupSend("dropped")).isCompleted();
        assertThat(layer.stats().full()).isEqualTo(1 + MEMBERS);
        othersDeliver();

        last.expect("first");
        for (int i = 1; i < Offloader.MOST; i++) {
            last.expect("" + i);
        }
        assertThat(send("last")).isCompleted();
        last.expect("last");
    }

    @Test
    void nothingWaitsForADeliveryThatFailed() throws InterruptedException {
        Channel broken = layer.newChannel(event -> {
            throw new AssertionError("planted");
        });
        groupSend("one");
        CompletionStage<Done> failed = onLoop(() -> layer.send(broken.name(), TYPE, "two"));
        CompletionStage<Done> after = send("three");

        othersDeliver();

        // The event is dropped and counted; a receiver's failure is not its sender's.
        assertThat(failed).isCompleted();
        assertThat(after).isCompleted();
        last.expect("one", "three");
        broken.close();
    }
}
