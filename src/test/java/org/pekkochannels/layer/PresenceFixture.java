package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;

/** A node with a presence whose time the test moves. After a test nothing of it is left. */
abstract class PresenceFixture {
    static final GroupName ROOM = new GroupName("room_lobby");
    static final Duration TICK = Duration.ofSeconds(1);
    static final Duration GRACE = Duration.ofSeconds(15);

    final ManualTime time = new ManualTime();
    final LocalChannels local = node(1000, PresenceSettings.DEFAULT);
    private final List<PresentClient> clients = new ArrayList<>();

    final LocalChannels node(int capacity, PresenceSettings settings) {
        return new LocalChannels(capacity, Duration.ofSeconds(60), time, settings, time);
    }

    final PresentClient client() {
        return client(local);
    }

    final PresentClient client(LocalChannels node) {
        PresentClient client = new PresentClient(node);
        clients.add(client);
        return client;
    }

    final PresentClient watcher() {
        return client().watch(ROOM);
    }

    final PresentClient enter(PresentClient client, String key, String json) {
        done(local.presence().enter(ROOM, client.channel(), key, bytes(json)));
        return client;
    }

    final PresentClient entered(String key, String json) {
        return enter(client(), key, json);
    }

    final void leave(PresentClient client, String key) {
        done(local.presence().leave(ROOM, client.channel(), key));
    }

    final void tick() {
        time.pass(TICK);
    }

    static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    static void done(CompletionStage<Done> stage) {
        stage.toCompletableFuture().join();
    }

    static LocalPresence presence(LocalChannels local) {
        return (LocalPresence) local.presence();
    }

    @AfterEach
    final void nothingLingers() {
        clients.forEach(PresentClient::close);
        time.pass(GRACE.plus(TICK).plus(TICK));

        assertThat(presence(local).size()).as("groups").isZero();
        assertThat(local.presence().stats().entries()).isZero();
        assertThat(local.presence().stats().watches()).isZero();
        assertThat(time.waiting()).as("tasks").isZero();
    }
}
