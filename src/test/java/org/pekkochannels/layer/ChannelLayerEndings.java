package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of the contract about what ends: events that wait too long, memberships, channels. */
abstract class ChannelLayerEndings extends ChannelLayerRaces {
    @Test
    void dropsAnEventThatWaitedTooLong() throws InterruptedException {
        Inbox inbox = inbox();
        send(inbox, "late");
        Event late = inbox.arrived();

        pass(EXPIRY.plusMillis(50));

        assertThat(inbox.channel().take(late)).isFalse();
        assertThat(layer().stats().expired()).isEqualTo(1);
        send(inbox, "one", "two", "three");
    }

    @Test
    void expiresEachEventByItself() throws InterruptedException {
        Inbox inbox = inbox("room");
        send(inbox, "one", "two", "three");
        assertThat(inbox.next()).isEqualTo("one");

        pass(EXPIRY.plusMillis(50));
        groupSend("room", "four");

        assertThat(List.of(inbox.takes(), inbox.takes())).containsExactly(false, false);
        assertThat(inbox.next()).isEqualTo("four");
        inbox.assertEmpty();
    }

    @Test
    void anUnreadChannelDoesNotAffectAnother() throws InterruptedException {
        Inbox unread = inbox("room");
        Inbox read = inbox("room");
        groupSend("room", "first");
        assertThat(read.next()).isEqualTo("first");

        pass(EXPIRY.plusMillis(50));
        groupSend("room", "second");

        assertThat(read.next()).isEqualTo("second");
        assertThat(unread.takes()).isFalse();
        assertThat(unread.next()).isEqualTo("second");
    }

    @Test
    void expiryBeginsWithTheArrivalWhateverTheSendersClock() throws InterruptedException {
        Inbox inbox = inbox();
        Event old = Event.of(TYPE, "old");
        done(layer().send(inbox.name(), old));

        pass(EXPIRY.plusMillis(50));
        done(layer().send(inbox.name(), old));

        assertThat(List.of(inbox.takes(), inbox.takes())).containsExactly(false, true);
    }

    @Test
    void membershipDoesNotExpire() throws InterruptedException {
        Inbox inbox = inbox("room");
        groupSend("room", "expires");

        pass(EXPIRY.multipliedBy(2));
        groupSend("room", "still here");

        assertThat(inbox.takes()).isFalse();
        assertThat(inbox.next()).isEqualTo("still here");
    }

    @Test
    void dropsAndCountsWhatGoesToAnUnknownChannel() {
        done(layer().send("specific.gone!abcdefghijkl", Event.of(TYPE, "lost")));
        groupSend("empty-room", "lost");

        assertThat(layer().stats().unknown()).isEqualTo(1);
        assertThat(layer().stats().sent()).isEqualTo(2);
    }

    @Test
    void closingDropsWhatWaitsAndWhatComes() throws InterruptedException {
        Inbox inbox = inbox("room");
        done(layer().groupAdd("hall", inbox.channel()));
        send(inbox, "one", "two");
        Event waiting = inbox.arrived();

        inbox.close();
        inbox.close();
        send(inbox, "three");
        groupSend("room", "four");

        assertThat(inbox.channel().take(waiting)).isFalse();
        assertThat(layer().stats()).isEqualTo(new LayerStats(0, 0, 0, 4, 0, 0, 0, 3));
    }

    @Test
    void aClosedChannelJoinsNothing() {
        Inbox inbox = inbox();
        inbox.close();

        done(layer().groupAdd("room", inbox.channel()));

        assertThat(layer().stats().members()).isZero();
    }

    @Test
    void refusesAChannelOfAnotherLayer() {
        try (Inbox stranger = new Inbox(newLayer(CAPACITY, EXPIRY))) {
            assertThatThrownBy(() -> layer().groupAdd("room", stranger.channel()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(stranger.name());
        }
    }

    @Test
    void refusesToTakeMoreThanWasGiven() throws InterruptedException {
        Inbox inbox = inbox();
        send(inbox, "one");
        Event event = inbox.arrived();
        inbox.channel().take(event);

        assertThatThrownBy(() -> inbox.channel().take(event))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("take each event once");
    }
}
