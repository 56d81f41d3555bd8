package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a layer between nodes calls for the events of other nodes. */
final class LocalChannelsTest {
    private static final GroupName ROOM = new GroupName("room");

    private final LocalChannels channels = new LocalChannels(2, Duration.ofHours(1));
    private final List<String> first = new ArrayList<>();
    private final List<String> second = new ArrayList<>();

    private Channel member(List<String> received) {
        Channel channel = channels.open(event -> received.add(event.payload(String.class)));
        channels.join(ROOM, channel);
        return channel;
    }

    private void sendExcept(String excluded, String text) {
        channels.deliverToGroupExcept(ROOM, excluded, Event.of("note", text));
    }

    @Test
    void deliversToAllMembersButTheExcludedOne() {
        Channel sender = member(first);
        member(second);

        sendExcept(sender.name(), "to others");
        channels.deliverToGroup(ROOM, Event.of("note", "to all"));

        assertThat(first).containsExactly("to all");
        assertThat(second).containsExactly("to others", "to all");
        assertThat(channels.stats().sent()).isEqualTo(2);
    }

    @Test
    void excludesNobodyByTheNameOfAnotherNodesChannel() {
        member(first);

        sendExcept("specific.elsewhere!abc", "one");
        sendExcept(channels.open(event -> {}).name(), "two");

        assertThat(first).containsExactly("one", "two");
    }

    @Test
    void countsNoMissForAnExcludedMemberThatIsFull() {
        Channel sender = member(first);
        member(second);
        channels.deliverToGroup(ROOM, Event.of("note", "one"));
        channels.deliverToGroup(ROOM, Event.of("note", "two"));

        sendExcept(sender.name(), "three");

        assertThat(channels.stats().full()).isEqualTo(1);
        assertThat(second).containsExactly("one", "two");
    }

    @Test
    void sendsToNobodyInAGroupWithoutMembers() {
        sendExcept("specific.elsewhere!abc", "lost");

        assertThat(channels.stats().unknown()).isZero();
    }

    @Test
    void rejectsANameThatIsNotAChannels() {
        assertThatThrownBy(() -> sendExcept("not a channel", "lost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("channel name");
        assertThat(channels.stats().sent()).isZero();
    }
}
