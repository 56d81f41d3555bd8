package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.ForwardingLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.settings.Settings;

/** Events that a consumer receives between the join and its answer belong to the new membership. */
class LateJoinTest extends ConsumerTestSystem {
    private static final GroupName ROOM = GroupName.of("chat", "lobby");

    @Override
    String extraConfig() {
        return "channels.layer.type = \"%s\"".formatted(LateLayer.class.getName());
    }

    /** A layer whose answer to a join comes after an event of the group. */
    public static final class LateLayer extends ForwardingLayer {
        /** As Pekko Channels makes it. */
        public LateLayer(ExtendedActorSystem system, Settings settings) {
            super(100);
        }

        @Override
        public CompletionStage<Joined> groupAdd(GroupName group, Channel channel, Position since) {
            groupAdd(group, channel);
            groupSend(group, Event.of("note", "between"));
            return CompletableFuture.supplyAsync(() -> new Joined(Position.NONE, false));
        }
    }

    private static final class Async extends WebSocketConsumer {
        Async(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return group(ROOM).addWith(handle -> text).thenCompose(read -> send(read.state()));
        }
    }

    private static final class Blocking extends SyncWebSocketConsumer {
        Blocking(ConsumerContext context) {
            super(context);
            on("note", String.class, this::send);
        }

        @Override
        protected void receive(String text) {
            send(group(ROOM).addWith(handle -> text).state());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handlesWhatCameBetweenTheJoinAndItsAnswer(boolean blocking) {
        Door door = Door.open(kit, context -> blocking ? new Blocking(context) : new Async(context));

        door.tell("state");

        assertThat(door.next(2)).containsExactly("state", "between");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
