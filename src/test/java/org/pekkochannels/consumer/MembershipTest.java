package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.ForwardingLayer;
import org.pekkochannels.layer.GroupName;

/** Promises 3 and 8: a layer that blocks delays its caller, and not the end of the connection, which runs on an event loop. */
class MembershipTest {
    private static final GroupName ROOM = new GroupName("room");

    private final BlockingLayer layer = new BlockingLayer();
    private final Membership membership = new Membership(
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

    /** A layer whose methods wait until they are let go. */
    private static final class BlockingLayer extends ForwardingLayer {
        private final CompletableFuture<String> reached = new CompletableFuture<>();
        private final CompletableFuture<String> free = new CompletableFuture<>();
        private volatile boolean blocks;

        BlockingLayer() {
            super(100);
        }

        @Override
        public Channel newChannel(Consumer<Event> receiver) {
            block();
            return super.newChannel(receiver);
        }

        @Override
        public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
            block();
            return super.groupAdd(group, channel);
        }

        @Override
        public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
            block();
            return super.groupDiscard(group, channel);
        }

        private void block() {
            if (blocks) {
                reached.complete("");
                await(free);
            }
        }
    }

    private enum Method {
        NEW_CHANNEL {
            @Override
            void call(Membership membership) {
                membership.channelName();
            }
        },
        GROUP_ADD {
            @Override
            void prepare(Membership membership) {
                membership.channelName();
            }

            @Override
            void call(Membership membership) {
                membership.join(ROOM);
            }
        },
        GROUP_DISCARD {
            @Override
            void prepare(Membership membership) {
                membership.join(ROOM);
            }

            @Override
            void call(Membership membership) {
                membership.leave(ROOM);
            }
        };

        void prepare(Membership membership) {}

        abstract void call(Membership membership);
    }

    private static <T> T await(CompletableFuture<T> stage) {
        return stage.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @EnumSource
    void endsWhileTheLayerBlocks(Method method) {
        method.prepare(membership);
        layer.blocks = true;
        CompletableFuture<Void> blocked = CompletableFuture.runAsync(() -> method.call(membership));
        await(layer.reached);

        await(CompletableFuture.runAsync(membership::close));
        if (method != Method.NEW_CHANNEL) {
            await(CompletableFuture.runAsync(membership::channelName));
        }
        layer.free.complete("");

        await(blocked);
        assertThat(layer.stats().members()).isZero();
        assertThat(layer.stats().channels()).isZero();
    }

    @Test
    void opensOneChannelForAllThreads() {
        layer.blocks = true;
        CompletableFuture<String> first = CompletableFuture.supplyAsync(membership::channelName);
        CompletableFuture<String> second = CompletableFuture.supplyAsync(membership::channelName);
        await(layer.reached);
        layer.free.complete("");

        assertThat(await(first)).isEqualTo(await(second));
        assertThat(layer.stats().channels()).isEqualTo(1);
        membership.close();
        assertThat(layer.stats().channels()).isZero();
    }
}
