package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that applies state and differences has what a list has, whatever happened before. */
final class RandomPresenceTest extends PresenceFixture {
    // Narrow channels, so that watchers are often full.
    private final LocalChannels node = node(3, new PresenceSettings(TICK, Duration.ofSeconds(3), 100, 50, 4));
    private final List<PresentClient> users = new ArrayList<>();
    private final List<PresentClient> watchers = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void aClientsModelEqualsTheList(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 4000; step++) {
            change(random);
        }
        for (int i = 0; i < 6; i++) {
            time.pass(TICK);
            watchers.forEach(PresentClient::take);
        }

        assertThat(watchers)
                .isNotEmpty()
                .allSatisfy(watcher ->
                        assertThat(watcher.present()).as("seed %s", seed).isEqualTo(PresentClient.listed(node, ROOM)));
        assertThat(node.presence().stats().restarts()).isPositive();
    }

    private void change(Random random) {
        Presence presence = node.presence();
        String key = "user-" + random.nextInt(20);
        byte[] meta = bytes("" + random.nextInt(3));
        switch (random.nextInt(12)) {
            case 0, 1 -> users.add(client(node));
            case 2, 3, 4 -> withAny(users, random, user -> presence.enter(ROOM, user.channel(), key, meta));
            case 5 -> withAny(users, random, user -> presence.update(ROOM, user.channel(), key, meta));
            case 6 -> withAny(users, random, user -> presence.leave(ROOM, user.channel(), key));
            case 7 -> {
                if (users.size() > 10) {
                    users.remove(random.nextInt(users.size())).close();
                }
            }
            case 8 -> {
                if (watchers.size() < 5) {
                    watchers.add(client(node).watch(ROOM));
                } else if (random.nextInt(4) == 0) {
                    watchers.remove(random.nextInt(watchers.size())).close();
                }
            }
            case 9 -> withAny(watchers, random, PresentClient::take);
            default -> time.pass(Duration.ofMillis(random.nextInt(1500)));
        }
    }

    private static void withAny(List<PresentClient> clients, Random random, Consumer<PresentClient> action) {
        if (!clients.isEmpty()) {
            action.accept(clients.get(random.nextInt(clients.size())));
        }
    }
}
