package org.pekkochannels.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.TransportListener;

/** What a loop does in one pass, with one real connection. */
class LoopTest {
    // As many as run before a loop looks at its sockets again.
    private static final int MOST_TURNS = 1024;

    private final WatchedSelectors selectors = new WatchedSelectors();
    private final BlockingQueue<Runnable> fatal = new LinkedBlockingQueue<>();
    private final LoopGroup loops =
            new LoopGroup(1, selectors, Runnable::run, new ContainedFailures(fatal::add), Optional.empty());
    private final Loop loop = loops.all().get(0);
    private final CompletableFuture<ChannelTransport> accepted = new CompletableFuture<>();
    private final CountedWrites writes = new CountedWrites();
    private Socket client;
    private ChannelTransport transport;

    @BeforeEach
    void connects() throws Exception {
        Channel server = NettyEdge.bootstrap(new NettySettings(NativeTransport.NIO, 1, false), loops)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, writes)
                .childHandler(initializer())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        client = new Socket(InetAddress.getLoopbackAddress(), ((InetSocketAddress) server.localAddress()).getPort());
        client.setSoTimeout(20_000);
        transport = result(accepted);
    }

    @AfterEach
    void ends() throws Exception {
        client.close();
        assertThat(loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    private ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                ChannelTransport made = new ChannelTransport(loop, channel);
                channel.pipeline().addLast(new Quiet(), made);
                accepted.complete(made);
            }
        };
    }

    /** Keeps to itself what Netty tells of how full a connection is: what then fails does so within Netty's own guard. */
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {}
    }

    /** Fails when it is told that a client has taken its bytes. */
    private static final class Failing implements TransportListener {
        @Override
        public void opened(Transport opened) {}

        @Override
        public void bytes(byte[] window, int offset, int length) {}

        @Override
        public void readDone() {}

        @Override
        public void drained() {
            throw new LinkageError("planted");
        }

        @Override
        public void lost(@Nullable Throwable why) {}
    }

    private void say(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        transport.write(bytes, 0, bytes.length);
        transport.flush();
    }

    private String heard(int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static <T> T result(CompletableFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(20, TimeUnit.SECONDS);
    }

    @Test
    void flushesOnceWhatAllTurnsOfAPassHaveSaid() throws Exception {
        loop.execute(() -> {
            say("one ");
            loop.turn(() -> say("two "));
            loop.turn(() -> say("three"));
        });

        assertThat(heard(13)).isEqualTo("one two three");
        assertThat(writes.count()).isEqualTo(1);
    }

    @Test
    void runsATurnNeverWithinTheCallAndEachInItsOrder() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();

        loop.execute(() -> {
            loop.turn(() -> done.add("first turn"));
            loop.turn(() -> done.add("second turn"));
            done.add("the caller");
            loop.turn(() -> last.complete(null));
        });
        result(last);

        assertThat(done).containsExactly("the caller", "first turn", "second turn");
    }

    @Test
    void runsTheTurnsThatOthersPostInTheirOrder() throws Exception {
        List<Integer> done = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();

        for (int i = 0; i < 100; i++) {
            int turn = i;
            loop.turn(() -> done.add(turn));
        }
        loop.turn(() -> last.complete(null));
        result(last);

        assertThat(done).hasSize(100).isSorted();
    }

    @Test
    void looksAtItsSocketsThoughAnActorNeverRests() throws Exception {
        AtomicBoolean rests = new AtomicBoolean();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        loop.turn(() -> again(rests, begun));
        try {
            result(begun);

            loop.execute(() -> say("still here"));

            assertThat(heard(10)).isEqualTo("still here");
        } finally {
            rests.set(true);
        }
    }

    private void again(AtomicBoolean rests, CompletableFuture<Void> begun) {
        begun.complete(null);
        if (!rests.get()) {
            loop.turn(() -> again(rests, begun));
        }
    }

    @Test
    void goesOnAfterATurnThatFails() throws Exception {
        loop.turn(() -> {
            throw new LinkageError("planted");
        });
        loop.turn(() -> say("still here"));

        assertThat(heard(10)).isEqualTo("still here");
    }

    @Test
    void containsWhatAPostedTaskThrowsAndGoesOn() throws Exception {
        try (RecordedLog log = new RecordedLog(ContainedFailures.class.getName())) {
            loop.execute(() -> {
                throw new LinkageError("planted");
            });
            loop.execute(() -> loop.turn(() -> say("still here")));

            assertThat(log.await("a task on an event loop failed")).contains("LinkageError: planted");
        }
        assertThat(heard(10)).isEqualTo("still here");
        assertThat(fatal).isEmpty();
    }

    @Test
    void passesOnTheFatalErrorOfAPostedTaskAndGoesOn() throws Exception {
        loop.execute(() -> {
            throw new InternalError("planted");
        });
        loop.execute(() -> loop.turn(() -> say("still here")));

        assertThat(heard(10)).isEqualTo("still here");
        assertThatThrownBy(() -> fatal.remove().run())
                .isInstanceOf(InternalError.class)
                .hasMessage("planted");
    }

    @Test
    void cutsAConnectionThatFailsAndGoesOn() throws Exception {
        CompletableFuture<Void> next = new CompletableFuture<>();
        try (RecordedLog log = new RecordedLog(ContainedFailures.class.getName())) {
            loop.execute(() -> {
                transport.begin(new Failing());
                say("x".repeat(2 * Transport.LOW_WATER));
            });

            assertThat(log.await("a connection failed")).contains("LinkageError: planted");
        }
        assertThatThrownBy(() -> client.getInputStream().readAllBytes()).hasMessageContaining("reset");
        loop.turn(() -> next.complete(null));
        result(next);
    }

    @Test
    void doesNotSleepBeforeAllTurnsHaveRun() throws Exception {
        List<Boolean> couldSleep = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();

        loop.execute(() -> {
            for (int i = 0; i < 3 * MOST_TURNS; i++) {
                loop.turn(() -> couldSleep.add(selectors.couldSleep()));
            }
            loop.turn(() -> last.complete(null));
        });
        result(last);

        // Before the first of these passes nothing was there to be done.
        assertThat(couldSleep.subList(MOST_TURNS, couldSleep.size()))
                .hasSize(2 * MOST_TURNS)
                .containsOnly(false);
    }

    @Test
    void doesNotSleepBeforeItHasDoneWhatItIsToDoAfterItsNextLook() throws Exception {
        CompletableFuture<Boolean> couldSleep = new CompletableFuture<>();

        loop.execute(() -> loop.afterNextLook(() -> couldSleep.complete(selectors.couldSleep())));

        assertThat(result(couldSleep)).isFalse();
    }
}
