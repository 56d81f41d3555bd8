package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every channel layer promises; a layer is done when its subclass of this passes.
 *
 * <p>Here is what one sender and its receivers see; what ends, and what many threads do at once, is inherited.
 */
public abstract class ChannelLayerContract extends ChannelLayerEndings {
    @Test
    void deliversToAChannelInOrder() throws InterruptedException {
        Inbox inbox = inbox();

        send(inbox, "one", "two", "three");

        assertThat(List.of(inbox.next(), inbox.next(), inbox.next())).containsExactly("one", "two", "three");
        inbox.assertEmpty();
    }

    @Test
    void namesEachChannelUniquely() {
        Inbox first = inbox();
        Inbox second = inbox();

        assertThat(first.name())
                .matches("specific\\.[A-Za-z0-9._-]+![A-Za-z0-9]{12}")
                .isNotEqualTo(second.name());
        Names.checkChannel(first.name());
    }

    @Test
    void failsASendToAFullChannelUntilAnEventIsTaken() throws InterruptedException {
        Inbox inbox = inbox();
        send(inbox, "one", "two", "three");

        assertThatThrownBy(() -> send(inbox, "four"))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(ChannelFullException.class, full -> {
                    assertThat(full.channel()).isEqualTo(inbox.name());
                    assertThat(full.capacity()).isEqualTo(CAPACITY);
                })
                .hasMessage(
                        "channel '%s' is full: 3 events wait (channels.layer.capacity); send less or make its"
                                + " receiver faster",
                        inbox.name());
        inbox.next();
        send(inbox, "five");

        assertThat(List.of(inbox.next(), inbox.next(), inbox.next())).containsExactly("two", "three", "five");
        assertThat(layer().stats().full()).isEqualTo(1);
    }

    @Test
    void oneFullChannelDoesNotAffectAnother() throws InterruptedException {
        Inbox full = inbox("room");
        Inbox free = inbox("room");
        send(full, "one", "two", "three");

        send(free, "direct");
        groupSend("room", "to all");

        assertThat(List.of(free.next(), free.next())).containsExactly("direct", "to all");
        assertThat(List.of(full.next(), full.next(), full.next())).containsExactly("one", "two", "three");
        full.assertEmpty();
    }

    @Test
    void deliversToMembersOnly() throws InterruptedException {
        Inbox first = inbox("room");
        Inbox discarded = inbox("room");
        Inbox third = inbox("room");
        Inbox elsewhere = inbox("hall");
        done(layer().groupDiscard("room", discarded.channel()));

        groupSend("room", "hello");

        assertThat(List.of(first.next(), third.next())).containsOnly("hello");
        discarded.assertEmpty();
        elsewhere.assertEmpty();
    }

    @Test
    void deliversToAllMembersButTheExcludedOne() throws InterruptedException {
        GroupName room = new GroupName("room");
        Inbox sender = inbox("room");
        Inbox second = inbox("room");
        Inbox third = inbox("room");

        done(layer().groupSendExcept(room, sender.name(), Event.of(TYPE, "to others")));
        done(layer().groupSend(room, TYPE, "to all"));

        assertThat(List.of(second.next(), second.next())).containsExactly("to others", "to all");
        assertThat(List.of(third.next(), third.next())).containsExactly("to others", "to all");
        assertThat(sender.next()).isEqualTo("to all");
        sender.assertEmpty();
    }

    @Test
    void excludesNobodyByANameThatIsNotAMembers() throws InterruptedException {
        GroupName room = new GroupName("room");
        Inbox member = inbox("room");
        Inbox elsewhere = inbox("hall");

        done(layer().groupSendExcept(room, elsewhere.name(), Event.of(TYPE, "one")));
        done(layer().groupSendExcept(room, "specific.gone!abc", Event.of(TYPE, "two")));

        assertThat(List.of(member.next(), member.next())).containsExactly("one", "two");
        elsewhere.assertEmpty();
        assertThatThrownBy(() -> layer().groupSendExcept(room, "no name", Event.of(TYPE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsTheMembersOfAGroupOnThisNode() {
        Inbox first = inbox("room");
        inbox("room");
        inbox("hall");

        assertThat(layer().localSize("room")).isEqualTo(2);
        done(layer().groupDiscard("room", first.channel()));
        assertThat(layer().localSize(new GroupName("room"))).isEqualTo(1);
        assertThat(layer().localSize("empty-room")).isZero();
    }

    @Test
    void dropsForFullMembersWithoutAnError() throws InterruptedException {
        Inbox inbox = inbox("room");

        for (String text : List.of("1", "2", "3", "4", "5")) {
            groupSend("room", text);
        }

        assertThat(List.of(inbox.next(), inbox.next(), inbox.next())).containsExactly("1", "2", "3");
        inbox.assertEmpty();
        assertThat(layer().stats().full()).isEqualTo(2);
    }

    @Test
    void deliversOnceHoweverOftenAChannelWasAdded() throws InterruptedException {
        Inbox inbox = inbox("room");
        done(layer().groupAdd("room", inbox.channel()));

        groupSend("room", "once");

        assertThat(inbox.next()).isEqualTo("once");
        inbox.assertEmpty();
        assertThat(layer().stats().members()).isEqualTo(1);
    }

    @Test
    void discardsOnceAndForAll() throws InterruptedException {
        Inbox inbox = inbox("room");

        done(layer().groupDiscard("room", inbox.channel()));
        done(layer().groupDiscard("room", inbox.channel()));
        done(layer().groupDiscard("never-joined", inbox.channel()));
        groupSend("room", "to nobody");

        inbox.assertEmpty();
        assertThat(layer().stats().groups()).isZero();
    }

    @Test
    void aReceiverThatFailsKeepsNothingFromTheOthers() throws InterruptedException {
        Channel broken = layer().newChannel(event -> {
            throw new IllegalStateException("broken receiver");
        });
        done(layer().groupAdd("room", broken));
        Inbox inbox = inbox("room");

        for (String text : List.of("1", "2", "3")) {
            groupSend("room", text);
        }
        done(layer().send(broken.name(), Event.of(TYPE, "4")));

        assertThat(List.of(inbox.next(), inbox.next(), inbox.next())).containsExactly("1", "2", "3");
        assertThat(layer().stats().unknown()).isEqualTo(4);
        broken.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "dispatch", "scope", "websocket.disconnect"})
    void noTypeHasAMeaningOfItsOwn(String type) throws InterruptedException {
        Inbox inbox = inbox();

        done(layer().send(inbox.name(), Event.of(type, 4001)));

        assertThat(inbox.arrived()).isEqualTo(Event.of(type, 4001));
        assertThat(layer().stats().channels()).isEqualTo(1);
    }

    @Test
    void carriesWhatThePayloadWasWhenItWasSent() throws InterruptedException {
        Inbox inbox = inbox("room");
        List<String> words = new ArrayList<>(List.of("before"));

        done(layer().groupSend("room", TYPE, words));
        words.set(0, "after");

        assertThat(inbox.arrived().json()).isEqualTo("[\"before\"]");
    }

    @Test
    void carriesAMebibyte() throws InterruptedException {
        Inbox inbox = inbox("room");
        String large = "é".repeat(1 << 19);

        groupSend("room", large);

        assertThat(inbox.next()).isEqualTo(large);
    }

    @Test
    void failsTheStageWhenThePayloadCannotBeWritten() {
        Inbox inbox = inbox("room");

        assertThatThrownBy(() -> done(layer().groupSend("room", TYPE, new Object())))
                .hasCauseInstanceOf(UnencodablePayloadException.class);
        assertThatThrownBy(() -> done(layer().send(inbox.name(), TYPE, new Object())))
                .hasCauseInstanceOf(UnencodablePayloadException.class);
        assertThat(layer().stats().sent()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "chat room", "chat!room", "räume", "a\n", "a/b"})
    void refusesBadGroupNames(String name) {
        Inbox inbox = inbox();

        assertThatThrownBy(() -> layer().groupAdd(name, inbox.channel())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layer().groupDiscard(name, inbox.channel()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layer().groupSend(name, Event.of(TYPE))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesBadChannelNames() {
        assertThatThrownBy(() -> layer().send("a!b!c", Event.of(TYPE))).isInstanceOf(IllegalArgumentException.class);
    }
}
