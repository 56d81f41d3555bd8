package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes in one JVM that exchange their entries, as a layer between nodes does. */
final class PresencePeersTest extends PresenceFixture {
    private final LocalChannels other = node(1000, PresenceSettings.DEFAULT);

    private static void enter(LocalChannels node, PresentClient client, String key, String json) {
        done(node.presence().enter(ROOM, client.channel(), key, bytes(json)));
    }

    private PresentClient entered(LocalChannels node, String key, String json) {
        PresentClient client = client(node);
        enter(node, client, key, json);
        return client;
    }

    /** Sends what has changed, and the state where a delta is missing. */
    private static void exchange(LocalChannels from, LocalChannels to) {
        PresenceDelta delta = presence(from).delta();
        if (!presence(to).receive(delta)) {
            presence(to).receive(presence(from).state());
        }
    }

    private static String name(LocalChannels node) {
        return presence(node).state().node();
    }

    private void drop(LocalChannels gone) {
        presence(local).drop(name(gone));
        time.pass(GRACE.plus(TICK));
    }

    @Test
    void tellsTheEntriesOfAnotherNode() {
        PresentClient watcher = watcher();
        entered(local, "ann", "1");
        PresentClient bob = entered(other, "bob", "1");
        exchange(other, local);
        tick();
        watcher.take();
        Map<String, Map<String, String>> both = Map.copyOf(watcher.present());
        enter(other, bob, "bob", "2");
        exchange(other, local);
        tick();
        watcher.take();
        Map<String, String> changed = Map.copyOf(watcher.present().get("bob"));
        bob.close();
        exchange(other, local);
        time.pass(GRACE.plus(TICK));
        watcher.take();

        assertThat(both).containsOnlyKeys("ann", "bob");
        assertThat(changed.values()).containsExactly("2");
        assertThat(watcher.present()).containsOnlyKeys("ann");
    }

    @Test
    void removesTheEntriesOfANodeOnceAndAfterTheGrace() {
        PresentClient watcher = watcher();
        entered(other, "ann", "1");
        entered(other, "bob", "1");
        entered(local, "bob", "2");
        exchange(other, local);
        tick();
        watcher.take();

        presence(local).drop(name(other));
        presence(local).drop(name(other));
        time.pass(GRACE.minusSeconds(1));
        List<Presence.Diff> before = watcher.take();
        time.pass(Duration.ofMinutes(1));
        List<Presence.Diff> after = watcher.take();

        assertThat(before).isEmpty();
        assertThat(after).singleElement().satisfies(diff -> {
            assertThat(diff.joins()).isEmpty();
            assertThat(diff.leaves()).containsOnlyKeys("ann", "bob");
            assertThat(diff.leaves().get("bob")).hasSize(1);
        });
        assertThat(watcher.present()).containsOnlyKeys("bob");
    }

    @Test
    void tellsNothingWhenAUserMovesToAnotherNodeWithinTheGrace() {
        PresentClient watcher = watcher();
        PresentClient ann = entered(local, "ann", "1");
        tick();
        watcher.take();
        ann.close();
        entered(other, "ann", "1");
        exchange(other, local);
        time.pass(Duration.ofMinutes(1));

        assertThat(watcher.take()).isEmpty();
        assertThat(PresentClient.listed(local, ROOM)).isEqualTo(watcher.present());
        drop(other);
        watcher.take();
    }

    @Test
    void keepsReferencesApartWhenALostNodeReturns() {
        PresentClient watcher = watcher();
        entered(other, "ann", "\"lost\"");
        exchange(other, local);
        tick();
        watcher.take();
        presence(local).drop(name(other));
        entered(local, "ann", "\"here\"");
        presence(local).receive(presence(other).state());
        tick();
        watcher.take();

        assertThat(watcher.metas("ann")).containsExactlyInAnyOrder("\"lost\"", "\"here\"");
        assertThat(watcher.present()).isEqualTo(PresentClient.listed(local, ROOM));
        drop(other);
        watcher.take();
        assertThat(watcher.metas("ann")).containsExactly("\"here\"");
    }

    @Test
    void asksForTheStateAfterAHole() {
        assertThat(presence(local).receive(presence(other).delta())).isFalse();
        PresentClient ann = entered(other, "ann", "1");
        assertThat(presence(local).receive(presence(other).delta())).isFalse();
        assertThat(presence(local).receive(presence(other).state())).isTrue();
        entered(other, "bob", "1");
        PresenceDelta bob = presence(other).delta();
        ann.close();
        PresenceDelta annLeft = presence(other).delta();

        assertThat(presence(local).receive(annLeft)).isFalse();
        assertThat(PresentClient.listed(local, ROOM)).containsOnlyKeys("ann");
        assertThat(presence(local).receive(bob)).isTrue();
        assertThat(presence(local).receive(annLeft)).isTrue();
        assertThat(presence(local).receive(bob)).isTrue(); // late, and ignored
        assertThat(PresentClient.listed(local, ROOM)).containsOnlyKeys("bob");
        drop(other);
    }

    @Test
    void aNodeAloneCollectsNothing() {
        for (int i = 0; i < 1000; i++) {
            entered(local, "user-" + i, "1").close();
        }

        assertThat(presence(local).delta().changes()).isEmpty();
    }

    /** A model of a client on either node equals the list there, and both lists have the same keys, whatever was lost. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreeAfterRandomChangesAndLosses(long seed) {
        Random random = new Random(seed);
        List<LocalChannels> nodes = List.of(local, other);
        List<PresentClient> watchers =
                nodes.stream().map(node -> client(node).watch(ROOM)).toList();
        List<List<PresentClient>> users = List.of(new ArrayList<>(), new ArrayList<>());
        for (int step = 0; step < 3000; step++) {
            int at = random.nextInt(2);
            LocalChannels node = nodes.get(at);
            List<PresentClient> here = users.get(at);
            String key = "user-" + random.nextInt(12);
            switch (random.nextInt(8)) {
                case 0, 1 -> here.add(entered(node, key, "" + random.nextInt(3)));
                case 2 -> {
                    if (!here.isEmpty()) {
                        here.remove(random.nextInt(here.size())).close();
                    }
                }
                case 3 -> {
                    if (!here.isEmpty()) {
                        PresentClient user = here.get(random.nextInt(here.size()));
                        done(node.presence().leave(ROOM, user.channel(), key));
                    }
                }
                case 4 -> exchangeOrLose(node, nodes.get(1 - at), random);
                case 5 -> watchers.get(at).take();
                case 6 -> time.pass(Duration.ofMillis(random.nextInt(3000)));
                default -> {
                    if (random.nextInt(20) == 0) {
                        presence(node).drop(name(nodes.get(1 - at)));
                    }
                }
            }
        }
        for (int i = 0; i < 2; i++) {
            presence(nodes.get(i)).receive(presence(nodes.get(1 - i)).state());
        }
        time.pass(GRACE.plus(TICK));
        for (int i = 0; i < 2; i++) {
            watchers.get(i).take();
            time.pass(TICK.plus(TICK));
            watchers.get(i).take();
            assertThat(watchers.get(i).present())
                    .as("node %s of seed %s", i, seed)
                    .isEqualTo(PresentClient.listed(nodes.get(i), ROOM));
        }
        assertThat(metas(watchers.get(0))).isEqualTo(metas(watchers.get(1)));
        drop(other);
    }

    private static void exchangeOrLose(LocalChannels from, LocalChannels to, Random random) {
        if (random.nextInt(4) == 0) {
            presence(from).delta(); // lost on the way
        } else {
            exchange(from, to);
        }
    }

    /** The metas of each key; references are those of a node. */
    private static Map<String, List<String>> metas(PresentClient client) {
        Map<String, List<String>> metas = new TreeMap<>();
        client.present()
                .forEach((key, refs) ->
                        metas.put(key, refs.values().stream().sorted().toList()));
        return metas;
    }
}
