package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.junit.jupiter.api.Test;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ForwardingLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/** Promises 6 and 8: blocking consumers that join or leave groups of a layer that never answers keep no database thread. */
class SilentLayerTest extends ConsumerTestSystem {
    @Override
    String extraConfig() {
        return """
                channels.layer.type = "%s"
                channels.database.threads = 1
                channels.consumer.disconnect-timeout = 80ms
                """.formatted(SilentLayer.class.getName());
    }

    /** A layer whose engine does not answer. */
    public static final class SilentLayer extends ForwardingLayer {
        /** As Pekko Channels makes it. */
        public SilentLayer(ExtendedActorSystem system, Settings settings) {
            super(100);
        }

        @Override
        public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
            return new CompletableFuture<>();
        }
    }

    private static class Joiner extends SyncWebSocketConsumer {
        Joiner(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            group("room").add();
        }
    }

    private static final class Leaver extends SyncWebSocketConsumer {
        private volatile boolean accepted;

        Leaver(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            accepted = true;
        }

        @Override
        protected void receive(String text) {
            for (int i = 0; i < 2; i++) {
                try {
                    group("room").discard();
                } catch (GroupTimeoutException e) {
                    send(e.toString());
                }
            }
        }

        @Override
        protected Optional<Duration> deadline() {
            return accepted ? Optional.of(Duration.ofMillis(400)) : Optional.empty();
        }
    }

    private void assertThatTheThreadIsFree() {
        assertThat(database().withLazyHandle(handles -> 1)).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void refusesAClientWith503WhenItCannotJoin() {
        Door door = Door.knock(kit, Scope.of("/ws/test/"), Joiner::new);

        assertThat(door.next())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.status()).isEqualTo(503));
        assertThatTheThreadIsFree();
        door.awaitStop();
    }

    @Test
    void tellsTheCallbackTheLayerTheGroupAndTheKeyOfItsDeadline() {
        Door door = Door.open(kit, Leaver::new);

        door.tell("leave");

        assertThat(door.next().toString())
                .contains(SilentLayer.class.getName())
                .contains("group 'room'")
                .contains("has not answered by the callback's deadline of 400ms (deadline() of the consumer)");
        assertThat(door.next().toString())
                .contains("was called after the callback's deadline of 400ms (deadline() of the consumer) had passed");
        assertThatTheThreadIsFree();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
