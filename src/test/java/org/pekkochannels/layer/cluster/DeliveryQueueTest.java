package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;

/** What the hub leaves to another thread, which is the test itself, when it likes. */
final class DeliveryQueueTest {
    private static final GroupName LARGE = new GroupName("large");
    private static final GroupName SMALL = new GroupName("small");
    private static final GroupName OTHER = new GroupName("other");

    private final Queue<Runnable> others = new ArrayDeque<>();
    private final LocalChannels local = new LocalChannels(100_000, Duration.ofMinutes(1), this::time);
    private @Nullable Planted failure;
    private BatchReader reader = reading(1 << 20);
    private final List<String> received = new ArrayList<>();
    private final Channel member = local.open(this::receive);
    private final List<Channel> crowd = new ArrayList<>();

    @BeforeEach
    void fillsTheLargeGroup() {
        for (int i = 0; i < DeliveryQueue.MANY_MEMBERS; i++) {
            crowd.add(local.open(event -> {}));
            local.join(LARGE, crowd.get(i));
        }
        local.join(LARGE, member);
    }

    private BatchReader reading(long mostBytes) {
        return new BatchReader(local, new DeliveryQueue(local, others::add, mostBytes));
    }

    /** Read for each event. */
    private long time() {
        Planted planned = failure;
        failure = null;
        if (planned != null) {
            planned.raise();
        }
        return 0;
    }

    private void receive(Event event) {
        received.add(event.gap().isPresent() ? "gap" : event.payload(String.class));
    }

    private void arrive(byte[]... events) {
        NodeQueue.Taken taken = new NodeQueue.Taken(0, List.of(events));
        reader.deliver(
                BatchWriter.write(new BatchWriter.Content(taken, null, Optional.empty(), false, false)), "other");
    }

    private static byte[] to(GroupName group, String text) {
        return Transfer.toGroup(group, null, Event.of("said", text));
    }

    private static byte[] to(Channel channel, String text) {
        return Transfer.toChannel(channel.name(), Event.of("said", text));
    }

    private void othersDeliver() {
        for (Runnable task = others.poll(); task != null; task = others.poll()) {
            task.run();
        }
    }

    @Test
    void whatAMemberReceivesKeepsItsOrderWhateverItIsSentTo() {
        local.join(SMALL, member);
        local.join(SMALL, local.open(this::receive));
        Channel far = local.open(this::receive);
        local.join(OTHER, far);

        arrive(to(LARGE, "1"), to(member, "2"), to(SMALL, "3"), to(OTHER, "passes"), to(far, "passes, too"));

        assertThat(received).containsExactly("passes", "passes, too");
        othersDeliver();
        assertThat(received.subList(2, 6)).containsExactly("1", "2", "3", "3");
        arrive(to(SMALL, "4"));
        assertThat(received.subList(6, 8)).containsExactly("4", "4");
    }

    /** One that is not a member of the large group, but of a group that waits for it. */
    @Test
    void whatFollowsAnEventThatWaitsBehindAnotherWaitsAsWell() {
        Channel far = local.open(this::receive);
        local.join(SMALL, crowd.get(0));
        local.join(SMALL, far);
        local.join(OTHER, far);

        arrive(to(LARGE, "1"), to(SMALL, "2"), to(OTHER, "3"), to(far, "4"), to(OTHER, "5"));

        assertThat(received).isEmpty();
        othersDeliver();
        assertThat(received).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void aGroupThatShrinksAndGrowsKeepsItsOrder() {
        arrive(to(LARGE, "1"));
        local.leave(LARGE, crowd.get(0));
        arrive(to(LARGE, "2"));
        assertThat(received).isEmpty();
        othersDeliver();
        arrive(to(LARGE, "3"));
        assertThat(received).containsExactly("1", "2", "3");
        local.join(LARGE, crowd.get(0));
        arrive(to(LARGE, "4"));
        local.leave(LARGE, crowd.get(0));
        arrive(to(LARGE, "5"));
        othersDeliver();

        assertThat(received).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void aMemberThatJoinsLaterReceivesWhatIsSentThen() {
        Channel late = local.open(this::receive);
        arrive(to(LARGE, "1"));
        local.leave(LARGE, member);
        local.join(LARGE, late);
        arrive(to(LARGE, "2"));
        received.clear();

        othersDeliver();

        assertThat(received).endsWith("2").doesNotHaveDuplicates();
    }

    @Test
    void whatIsTooMuchIsLostAndAGap() {
        for (int i = 0; i < Offloader.MOST; i++) {
            arrive(to(LARGE, "" + i));
        }
        arrive(to(LARGE, "dropped"));

        assertThat(received).containsExactly("gap");
        assertThat(local.stats().lost()).isEqualTo(1);
        othersDeliver();
        assertThat(received).hasSize(1 + Offloader.MOST).endsWith("" + (Offloader.MOST - 1));
    }

    @Test
    void theBytesThatWaitAreBounded() {
        reader = reading(10);

        arrive(to(LARGE, "more than ten bytes"), to(LARGE, "dropped"));
        othersDeliver();
        arrive(to(LARGE, "again"));
        othersDeliver();

        assertThat(received).containsExactly("gap", "more than ten bytes", "again");
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsOnTheOtherThreadIsLostAndTheNextOneArrives(Planted planted) {
        arrive(to(LARGE, "1"), to(member, "fails"), to(member, "3"));
        failure = planted;

        othersDeliver();

        assertThat(received).containsExactly("1", "gap", "3");
        assertThat(local.stats().lost()).isEqualTo(1);
    }
}
