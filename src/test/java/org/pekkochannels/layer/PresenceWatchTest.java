package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;

/** Channels that are full, late or failing. */
final class PresenceWatchTest extends PresenceFixture {
    private final LocalChannels narrow = node(2, PresenceSettings.DEFAULT);

    private void enterNarrow(PresentClient client, String key) {
        done(narrow.presence().enter(ROOM, client.channel(), key, bytes("1")));
    }

    @Test
    void aFullChannelGetsTheWholeStateWhenItHasRoom() {
        PresentClient watcher = client(narrow).watch(ROOM);
        PresentClient other = client(narrow).watch(ROOM);
        PresentClient user = client(narrow);
        for (int i = 0; i < 6; i++) {
            enterNarrow(user, "user-" + i);
            tick();
            other.take();
        }
        tick();
        watcher.take();
        Map<String, Map<String, String>> outdated = Map.copyOf(watcher.present());
        tick();
        List<Presence.Diff> state = watcher.take();

        assertThat(outdated).hasSizeLessThan(6);
        assertThat(state)
                .singleElement()
                .satisfies(first -> assertThat(first.state()).isTrue());
        assertThat(watcher.present()).hasSize(6).isEqualTo(PresentClient.listed(narrow, ROOM));
        assertThat(other.present()).isEqualTo(watcher.present());
        assertThat(other.events().stream().filter(event -> event.json().contains("\"state\":true")))
                .hasSize(1);
        assertThat(narrow.presence().stats().restarts()).isEqualTo(1);
        assertThat(narrow.stats().full()).isZero();
    }

    @Test
    void anEventThatExpiresInAChannelIsFollowedByTheState() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        entered("ann", "1");
        tick();
        time.pass(Duration.ofSeconds(61));
        List<Presence.Diff> expired = watcher.take();
        time.pass(TICK.plus(TICK));

        assertThat(expired).isEmpty();
        assertThat(watcher.take())
                .singleElement()
                .satisfies(state -> assertThat(state.state()).isTrue());
        assertThat(watcher.present())
                .isEqualTo(PresentClient.listed(local, ROOM))
                .containsOnlyKeys("ann");
        assertThat(local.presence().stats().restarts()).isEqualTo(1);
    }

    @Test
    void joinsWhileDifferencesFlyAndTheStateIsStillSent() {
        String large = "\"" + "x".repeat(4090) + "\"";
        List<PresentClient> users = IntStream.range(0, 400)
                .mapToObj(i -> entered("user-" + i, large))
                .toList();
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        boolean partial = watcher.present().size() < 400;
        // While pages are missing, slots on both sides of the boundary change, come and go.
        for (int i = 0; i < 400; i += 7) {
            enter(users.get(i), "user-" + i, "\"new\"");
            entered("extra-" + i, large);
            entered("zextra-" + i, "1");
            users.get(i + 1 < 400 ? i + 1 : 0).close();
        }
        for (int i = 0; i < 30; i++) {
            tick();
            watcher.take();
        }

        assertThat(partial).isTrue();
        assertThat(watcher.present()).isEqualTo(PresentClient.listed(local, ROOM));
        assertThat(local.presence().stats().states()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheOthersWhenAReceiverFails(Planted planted) {
        Channel failing = local.open(event -> planted.raise());
        done(local.presence().watch(ROOM, failing));
        PresentClient watcher = watcher();
        tick();
        entered("ann", "1");
        tick();
        watcher.take();

        assertThat(watcher.present()).containsOnlyKeys("ann");
        failing.close();
    }

    @Test
    void encodesOnceForAllChannels() {
        List<PresentClient> watchers =
                IntStream.range(0, 100).mapToObj(i -> watcher()).toList();
        tick();
        entered("ann", "1");
        tick();
        watchers.forEach(PresentClient::take);

        Object first = watchers.get(0).events().get(1).derived(StringBuilder.class, bytes -> new StringBuilder());
        assertThat(watchers)
                .allSatisfy(watcher -> assertThat(watcher.events()
                                .get(1)
                                .derived(StringBuilder.class, bytes -> new StringBuilder("another")))
                        .isSameAs(first));
        assertThat(local.presence().stats().diffs()).isEqualTo(1);
        assertThat(local.presence().stats().states()).isEqualTo(100);
    }

    @Test
    void endsWithItsChannelWhileItIsTold() {
        Channel[] own = new Channel[1];
        own[0] = local.open(event -> own[0].close());
        done(local.presence().watch(ROOM, own[0]));
        done(local.presence().enter(ROOM, own[0], "ann", bytes("1")));
        tick();

        assertThat(local.presence().stats().watches()).isZero();
        assertThat(local.presence().stats().entries()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"type\":\"presence\",\"group\":\"",
                "{\"type\":\"presence\",\"group\":\"a b\",\"state\":true,\"joins\":{},\"leaves\":{}}",
                "{\"type\":\"presence\",\"group\":\"room\",\"joins\":5,\"leaves\":{}}",
                "{\"type\":\"presence\",\"group\":\"room\",\"joins\":{\"a\":[]},\"leaves\":{}}",
                "{\"type\":\"presence\",\"group\":\"room\",\"joins\":{\"a\":{\"r\":",
                "{\"type\":\"presence\",\"group\":\"room\",\"joins\":null,\"leaves\":{\"a\":1}}"
            })
    void refusesAnEventThatIsNotOfAPresence(String json) {
        Event forged = Event.ofJson(Presence.EVENT, bytes(json));

        assertThatThrownBy(() -> Presence.Diff.of(forged)).isInstanceOf(UndecodablePayloadException.class);
    }

    @Test
    void refusesAnEventOfAnotherType() {
        Event other = Event.ofJson(
                "note", bytes("{\"type\":\"presence\",\"group\":\"room\",\"state\":true,\"joins\":{},\"leaves\":{}}"));

        assertThatThrownBy(() -> Presence.Diff.groupOf(other)).isInstanceOf(UndecodablePayloadException.class);
    }
}
