package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.testkit.ChannelLayerContract;
import org.pekkochannels.testkit.ChannelProbe;

final class InMemoryLayerTest {
    @Test
    void refusesBoundsThatAreNone() {
        assertThatThrownBy(() -> ChannelLayer.inMemory(0, Duration.ofSeconds(1)))
                .hasMessage("capacity of a channel must be from 1 to 1000000, was 0");
        assertThatThrownBy(() -> ChannelLayer.inMemory(1, Duration.ZERO))
                .hasMessage("expiry of events must be longer than zero and at most 24h, was 0s");
        assertThatThrownBy(() -> ChannelLayer.inMemory(1, ChronoUnit.FOREVER.getDuration()))
                .hasMessageStartingWith(
                        "expiry of events must be longer than zero and at most 24h, was 9223372036854775807s");
    }

    @ParameterizedTest
    @EnumSource
    void deliversToTheOtherMembersWhenOneThrows(Planted planted) throws InterruptedException {
        ChannelLayer layer = ChannelLayer.inMemory(10, Duration.ofMinutes(1));
        Channel failing = layer.newChannel(event -> planted.raise());
        layer.groupAdd("all", failing);
        try (ChannelProbe other = new ChannelProbe(layer)) {
            layer.groupAdd("all", other.channel());

            layer.groupSend("all", Event.of("note", "hello"))
                    .toCompletableFuture()
                    .join();

            other.expect("hello");
            assertThat(layer.stats().unknown()).isEqualTo(1);
        }
        failing.close();
        assertThat(layer.stats().members()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void failsOnlyTheStageOfAPayloadWhoseGetterThrows(Planted planted) {
        ChannelLayer layer = ChannelLayer.inMemory(10, Duration.ofMinutes(1));
        Object payload = new Object() {
            @SuppressWarnings({"EffectivelyPrivate", "UnusedMethod"}) // called by Jackson
            public String getText() {
                planted.raise();
                return "";
            }
        };

        assertThat(layer.groupSend("all", "note", payload))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(UnencodablePayloadException.class);
        assertThat(layer.send("specific.channel", "note", payload))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(UnencodablePayloadException.class);
    }

    @Test
    void failsASendToAFullChannel() {
        ChannelLayer layer = ChannelLayer.inMemory(1, Duration.ofMinutes(1));
        try (ChannelProbe full = new ChannelProbe(layer)) {
            layer.send(full.name(), "note", "one");

            assertThat(layer.send(full.name(), "note", "two"))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOfSatisfying(ChannelFullException.class, failure -> {
                        assertThat(failure.channel()).isEqualTo(full.name());
                        assertThat(failure.capacity()).isEqualTo(1);
                    })
                    .withMessage(
                            "channel '%s' is full: 1 event waits (channels.layer.capacity), or 1048576 bytes do"
                                    + " (channels.layer.capacity-bytes); send less or make its"
                                    + " receiver faster",
                            full.name());
        }
    }

    @Test
    void namesItsNodeInTheNamesOfItsChannels() {
        LocalChannels local = new LocalChannels(1, Duration.ofMinutes(1));
        try (Channel channel = local.open(event -> {})) {
            assertThat(channel.name()).matches("specific\\.[A-Za-z0-9]{12}![A-Za-z0-9]{12}");
            assertThat(LocalChannels.nodeOf(channel.name())).contains(local.node());
        }
        for (String name : List.of("worker", "specific.", "specific.!abc", "asgispecific.node!abc", "specific.node")) {
            assertThat(LocalChannels.nodeOf(name)).as(name).isEmpty();
        }
        assertThatThrownBy(() -> LocalChannels.nodeOf("a!b!c")).isInstanceOf(IllegalArgumentException.class);
    }

    @Nested
    final class Contract extends ChannelLayerContract {
        private final ManualTime manual = new ManualTime();

        @Override
        protected List<ChannelLayer> newNodes(int count, int capacity, Duration expiry) {
            LocalChannels local = new LocalChannels(capacity, expiry, manual, PresenceSettings.DEFAULT, manual);
            HistoryStore history = new HistoryStore(
                    List.of(
                            new HistoryRule(KEPT, KEPT_EVENTS, Duration.ofHours(1)),
                            new HistoryRule(BRIEFLY_KEPT, KEPT_EVENTS, BRIEF_TIME)),
                    1 << 20,
                    local);
            return List.of(new InMemoryLayer(local, history, ChannelLayer.DEFAULT_MAX_EVENT));
        }

        @Override
        protected List<Integer> nodeCounts() {
            return List.of(1);
        }

        @Override
        protected void pass(Duration time) {
            manual.pass(time);
        }
    }
}
