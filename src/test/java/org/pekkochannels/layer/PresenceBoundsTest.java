package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pekkochannels.layer.PresenceLimitException.Limit;

final class PresenceBoundsTest extends PresenceFixture {
    private final LocalChannels small = node(1000, new PresenceSettings(TICK, GRACE, 16, 3, 2));

    private PresentClient smallClient() {
        return client(small);
    }

    private void enterSmall(PresentClient client, String key, String json) {
        done(small.presence().enter(ROOM, client.channel(), key, bytes(json)));
    }

    private void refuses(Limit limit, int bound, String message, Runnable enters) {
        long before = small.presence().stats().refused().getOrDefault(limit, 0L);

        assertThatThrownBy(enters::run)
                .cause()
                .isInstanceOfSatisfying(PresenceLimitException.class, refusal -> {
                    assertThat(refusal.limit()).isEqualTo(limit);
                    assertThat(refusal.bound()).isEqualTo(bound);
                    assertThat(refusal.group()).isEqualTo("room_lobby");
                })
                .hasMessage("cannot enter the presence of group 'room_lobby': " + message);
        assertThat(small.presence().stats().refused()).containsEntry(limit, before + 1);
    }

    @Test
    void readsTheDefaultsOfReferenceConf() {
        assertThat(PresenceSettings.of(ConfigFactory.load())).isEqualTo(PresenceSettings.DEFAULT);
    }

    @Test
    void refusesAMetaOverItsBytes() {
        PresentClient client = smallClient();
        enterSmall(client, "ann", "\"1234567890abcd\"");

        refuses(
                Limit.META,
                16,
                "its meta has 17 bytes of JSON, the bound is 16 (channels.layer.presence.max-meta); enter less, such as"
                        + " an id",
                () -> enterSmall(client, "ann", "\"1234567890abcde\""));
        refuses(
                Limit.META,
                16,
                "its meta has 18 bytes of JSON, the bound is 16 (channels.layer.presence.max-meta); enter less, such as"
                        + " an id",
                () -> done(small.presence().update(ROOM, client.channel(), "ann", bytes("\"éééééééé\""))));
        assertThat(PresentClient.listed(small, ROOM).get("ann")).containsValue("\"1234567890abcd\"");
    }

    @Test
    void refusesAKeyOverItsLength() {
        PresentClient client = smallClient();
        enterSmall(client, "k".repeat(256), "1");
        String rule = "the key must be 1 to 256 characters without unpaired surrogates, was of ";

        refuses(Limit.KEY, 256, rule + 257, () -> enterSmall(client, "k".repeat(257), "1"));
        refuses(Limit.KEY, 256, rule + 0, () -> enterSmall(client, "", "1"));
        refuses(Limit.KEY, 256, rule + 2, () -> enterSmall(client, "a\ud800", "1"));
    }

    @Test
    void refusesAnEntryOverThoseOfAConnection() {
        PresentClient client = smallClient();
        enterSmall(client, "a", "1");
        done(small.presence().enter(new GroupName("hall"), client.channel(), "a", bytes("1")));

        refuses(
                Limit.CONNECTION,
                2,
                "the connection has the maximum of 2 entries (channels.layer.presence.max-per-connection); leave(..)"
                        + " those that it no longer needs, or raise the bound",
                () -> enterSmall(client, "b", "1"));
        enterSmall(client, "a", "2");
        done(small.presence().leave(new GroupName("hall"), client.channel(), "a"));
        enterSmall(client, "b", "1");

        assertThat(PresentClient.listed(small, ROOM)).containsOnlyKeys("a", "b");
    }

    @Test
    void refusesAnEntryOverThoseOfAGroup() {
        PresentClient first = smallClient();
        enterSmall(first, "a", "1");
        enterSmall(first, "b", "1");
        enterSmall(smallClient(), "c", "1");
        PresentClient late = smallClient();

        refuses(
                Limit.GROUP,
                3,
                "it has the maximum of 3 entries (channels.layer.presence.max-entries); split the group, or raise the"
                        + " bound",
                () -> enterSmall(late, "d", "1"));
        done(small.presence().enter(new GroupName("hall"), late.channel(), "d", bytes("1")));
        tick();
        done(small.presence().leave(ROOM, first.channel(), "a"));

        // The entry stays for its grace, and only the same key may take its place.
        assertThatThrownBy(() -> enterSmall(late, "d", "1")).hasCauseInstanceOf(PresenceLimitException.class);
        enterSmall(late, "a", "1");
        assertThat(PresentClient.listed(small, ROOM)).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void takesTenThousandEntriesAndTellsThem() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        IntStream.range(0, 10_000).forEach(i -> entered("user-" + i, "{\"name\":\"User " + i + "\"}"));
        tick();
        watcher.take();
        PresentClient joiner = watcher();
        time.pass(TICK.multipliedBy(3));
        joiner.take();

        assertThat(watcher.present()).hasSize(10_000).isEqualTo(PresentClient.listed(local, ROOM));
        assertThat(joiner.present()).isEqualTo(watcher.present());
        assertThat(joiner.events())
                .hasSizeLessThanOrEqualTo(4)
                .allSatisfy(page -> assertThat(page.size()).isLessThan(PresenceWriter.PART + 1000));
        assertThatThrownBy(() -> entered("one more", "1")).hasCauseInstanceOf(PresenceLimitException.class);
        assertThat(local.presence().stats().refused()).containsEntry(Limit.GROUP, 1L);
    }

    @Test
    void sendsALargeStateOverSeveralTicksAndEveryEventBelowItsBound() {
        String large = "\"" + "x".repeat(4094) + "\"";
        IntStream.range(0, 1000).forEach(i -> entered("user-" + i, large));
        PresentClient watcher = watcher();
        tick();
        int pages = watcher.take().size();
        for (int i = 0; i < 20; i++) {
            tick();
            watcher.take();
        }

        assertThat(pages).isEqualTo(2);
        assertThat(watcher.present()).hasSize(1000).isEqualTo(PresentClient.listed(local, ROOM));
        assertThat(watcher.events())
                .allSatisfy(event -> assertThat(event.size()).isLessThan(1 << 20));
        assertThat(presence(local).isIdle()).isTrue();
    }

    @Test
    void splitsALargeDifference() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        String large = "\"" + "x".repeat(4094) + "\"";
        IntStream.range(0, 220).forEach(i -> entered("user-" + i, large));
        tick();

        assertThat(watcher.take()).hasSizeBetween(3, 5).noneMatch(Presence.Diff::state);
        assertThat(watcher.present()).isEqualTo(PresentClient.listed(local, ROOM));
        assertThat(local.presence().stats().diffs()).isEqualTo(1);
    }

    @Test
    void refusesAChannelOfAnotherLayer() {
        PresentClient stranger = smallClient();

        assertThatThrownBy(() -> enter(stranger, "ann", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("belongs to another layer");
    }

    @Test
    void aLayerWithoutPresenceSaysSo() {
        ChannelLayer layer = new ForwardingLayer(1) {};

        assertThatThrownBy(layer::presence)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("has no presence; use a layer that overrides presence()");
        assertThat(ChannelLayer.inMemory(1, Duration.ofSeconds(1))
                        .presence()
                        .stats()
                        .refused())
                .isEqualTo(Map.of(Limit.KEY, 0L, Limit.META, 0L, Limit.GROUP, 0L, Limit.CONNECTION, 0L));
    }
}
