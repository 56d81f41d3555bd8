package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;

final class ConfiguredLayerTest {
    @Test
    void isInMemoryUnlessConfigured() {
        with("", system -> {
            ChannelLayer layer = ChannelLayer.get(system);

            assertThat(layer).isInstanceOf(InMemoryLayer.class);
            assertThat(layer.capacity()).isEqualTo(1000);
            assertThat(layer.expiry()).isEqualTo(Duration.ofSeconds(60));
        });
    }

    @Test
    void readsItsBounds() {
        with("channels.layer { capacity = 3, expiry = 250ms }", system -> {
            assertThat(ChannelLayer.get(system).capacity()).isEqualTo(3);
            assertThat(ChannelLayer.get(system).expiry()).isEqualTo(Duration.ofMillis(250));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "capacity,0",
        "capacity,-1",
        "capacity,1000001",
        "capacity,many",
        "capacity-bytes,1023",
        "max-event,1023",
        "max-event,65MiB",
        "history-bytes,1KiB",
        "expiry,99ms",
        "expiry,25h"
    })
    void refusesBoundsThatAreOutOfBounds(String key, String value) {
        with(
                "channels.layer." + key + " = " + value,
                system -> assertThatThrownBy(() -> ChannelLayer.get(system))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("channels.layer." + key)
                        .hasMessageContaining(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history = chat",
                "history = [chat]",
                "history = [{prefix = chat, size = 0, ttl = 5m}]",
                "history = [{prefix = chat, size = 100001, ttl = 5m}]",
                "history = [{prefix = chat, size = 1, ttl = 5}]",
                "history = [{prefix = chat, size = 1, ttl = 8d}]",
                "history = [{prefix = chat, size = 1}]",
                "history = [{prefix = chat, size = 1, ttl = 5m, sise = 2}]",
                "history = [{prefix = chat_lobby, size = 1, ttl = 5m}]",
                "history = [{prefix = \"\", size = 1, ttl = 5m}]",
                "history = [{prefix = chat, size = 1, ttl = 5m}, {prefix = chat, size = 2, ttl = 5m}]"
            })
    void refusesHistoriesThatAreNone(String history) {
        with(
                "channels.layer." + history,
                system -> assertThatThrownBy(() -> ChannelLayer.get(system))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("channels.layer.history"));
    }

    @Test
    void keepsTheHistoryOfTheGroupsThatAreConfigured() {
        with(
                "channels.layer.history = [{prefix = chat, size = 2, ttl = 5m}, {prefix = b, size = 1, ttl = 1s}]",
                system -> {
                    ChannelLayer layer = ChannelLayer.get(system);
                    assertThat(layer.keepsHistory(GroupName.of("chat", "a"))).isTrue();
                    assertThat(layer.keepsHistory(GroupName.of("b", "a"))).isTrue();
                    assertThat(layer.keepsHistory(GroupName.of("c", "a"))).isFalse();
                });
    }

    @Test
    void warnsOfHistoriesThatTheLayerDoesNotKeep() {
        String histories = "\nchannels.layer.history = [{prefix = chat, size = 2, ttl = 5m}]";
        try (RecordedLog log = new RecordedLog(ConfiguredLayer.class.getName())) {
            with(custom(1), ChannelLayer::get);
            with(histories, ChannelLayer::get);
            assertThat(log.soFar("")).isEmpty();

            with(custom(1) + histories, ChannelLayer::get);

            assertThat(log.soFar(""))
                    .singleElement()
                    .asString()
                    .contains("type '" + CustomLayer.class.getName() + "' keeps no history")
                    .contains("channels.layer.history has no effect");
        }
    }

    @Test
    void isOneForEachSystem() {
        with(
                "",
                system -> with("", other -> {
                    assertThat(ChannelLayer.get(system))
                            .isSameAs(ChannelLayer.get(system))
                            .isSameAs(ChannelLayer.get(Adapter.toTyped(system)))
                            .isNotSameAs(ChannelLayer.get(other));
                }));
    }

    @Test
    void takesALayerByTheNameOfItsClass() {
        with(custom(7), system -> {
            ChannelLayer layer = ChannelLayer.get(system);

            assertThat(layer).isInstanceOf(CustomLayer.class);
            assertThat(layer.capacity()).isEqualTo(7);
        });
    }

    @Test
    void showsAFailureOfALayersConstructorAsItIs() {
        with(
                custom(CustomLayer.UNLUCKY),
                system -> assertThatThrownBy(() -> ChannelLayer.get(system))
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessage("unlucky"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "java.lang.String", "no.such.Layer", ""})
    void refusesAnyOtherType(String type) {
        with(
                "channels.layer.type = \"" + type + "\"",
                system -> assertThatThrownBy(() -> ChannelLayer.get(system))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("channels.layer.type")
                        .hasMessageContaining(
                                "must be 'in-memory', 'cluster', 'postgres' or the name of a public class that implements ChannelLayer")
                        .hasMessageEndingWith("was '" + type + "'"));
    }

    private static String custom(int capacity) {
        return "channels.layer { type = \"" + CustomLayer.class.getName() + "\", capacity = " + capacity + " }";
    }

    private static void with(String config, Consumer<ActorSystem> test) {
        ActorSystem system =
                ActorSystem.create("layer", ConfigFactory.parseString(config).withFallback(ConfigFactory.load()));
        try {
            test.accept(system);
        } finally {
            TestKit.shutdownActorSystem(system);
        }
    }
}
