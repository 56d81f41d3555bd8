package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 10,000 users who join one group within 10 s of the node's time, all of whom watch. */
final class PresenceLoadTest extends PresenceFixture {
    private static final int USERS = 10_000;

    private final List<Channel> users = new ArrayList<>(USERS);

    /** A user who keeps nothing of what arrives. */
    private void join() {
        Channel[] own = new Channel[1];
        own[0] = local.open(event -> own[0].take(event));
        done(local.presence().watch(ROOM, own[0]));
        String name = "user-" + users.size();
        done(local.presence().enter(ROOM, own[0], name, bytes("{\"name\":\"" + name + "\"}")));
        users.add(own[0]);
    }

    @Test
    void sendsOneDifferenceASecondWhileTenThousandJoin() {
        PresentClient early = watcher();
        tick();
        early.take();
        for (int second = 0; second < 10; second++) {
            for (int i = 0; i < USERS / 10; i++) {
                join();
                time.pass(Duration.ofMillis(1));
            }
            assertThat(early.take()).as("events in second %s", second).hasSizeLessThanOrEqualTo(1);
        }
        PresentClient late = watcher();
        time.pass(TICK.multipliedBy(3));
        early.take();
        late.take();

        assertThat(early.present()).hasSize(USERS).isEqualTo(PresentClient.listed(local, ROOM));
        assertThat(late.present()).isEqualTo(early.present());
        Presence.Stats stats = local.presence().stats();
        assertThat(stats.diffs()).as("encoded differences").isLessThanOrEqualTo(11);
        assertThat(stats.states()).as("states").isEqualTo(USERS + 2L);
        assertThat(stats.restarts()).isZero();
        assertThat(time.runs()).as("ticks").isLessThanOrEqualTo(15);

        users.forEach(Channel::close);
        time.pass(GRACE.plus(TICK));
        early.take();
        assertThat(early.present()).isEmpty();
    }
}
