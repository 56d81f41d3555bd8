package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.testkit.ChannelProbe;

/** What the layer in memory keeps of its groups, and what a channel that comes back is given of it. */
final class HistoryTest {
    private static final int SIZE = 5;
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final int MAX_BYTES = 1 << 16;
    private static final GroupName ROOM = GroupName.of("chat", "lobby");
    private static final GroupName LIVE = GroupName.of("news", "lobby");

    // Begins near its turn, as a clock of nanoseconds may.
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final LocalChannels local =
            new LocalChannels(new ChannelBounds(3, 1 << 20, Duration.ofHours(1)), clock::get);
    private final HistoryStore store = new HistoryStore(List.of(new HistoryRule("chat", SIZE, TTL)), MAX_BYTES, local);
    private final ChannelLayer layer = new InMemoryLayer(local, store, ChannelLayer.DEFAULT_MAX_EVENT);
    private final List<ChannelProbe> inboxes = new ArrayList<>();

    @AfterEach
    void countsEachEventOnce() {
        inboxes.forEach(ChannelProbe::close);

        LayerStats stats = layer.stats();
        assertThat(stats.arrived())
                .isEqualTo(stats.delivered() + stats.full() + stats.expired() + stats.superseded() + stats.unknown());
        assertThat(stats.members() + stats.channels() + stats.groups()).isZero();
    }

    private ChannelProbe inbox() {
        ChannelProbe inbox = new ChannelProbe(layer);
        inboxes.add(inbox);
        return inbox;
    }

    private Joined join(ChannelProbe inbox, Position since) {
        return layer.groupAdd(ROOM, inbox.channel(), since)
                .toCompletableFuture()
                .join();
    }

    private void send(int... numbers) {
        for (int number : numbers) {
            layer.groupSend(ROOM, "note", "" + number).toCompletableFuture().join();
        }
    }

    private Position top() {
        return layer.position(ROOM).toCompletableFuture().join();
    }

    private List<String> history(int limit) {
        return layer.history(ROOM, limit).toCompletableFuture().join().stream()
                .map(event -> event.payload(String.class))
                .toList();
    }

    private static List<String> next(ChannelProbe inbox, int events) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            texts.add(inbox.next(String.class));
        }
        return texts;
    }

    /** The texts of the next events that are to be handled. */
    private static List<String> handled(ChannelProbe inbox, int events) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        while (texts.size() < events) {
            Event event = inbox.arrived();
            if (inbox.channel().take(event)) {
                texts.add(event.payload(String.class));
            }
        }
        return texts;
    }

    private static boolean takes(ChannelProbe inbox) throws InterruptedException {
        return inbox.channel().take(inbox.arrived());
    }

    /** The position of the n-th event from now on, which this inbox takes. */
    private static Position taken(ChannelProbe inbox) throws InterruptedException {
        Event event = inbox.arrived();
        assertThat(inbox.channel().take(event)).isTrue();
        return event.position().orElseThrow();
    }

    @Test
    void aFirstJoinIsGivenThePositionBeforeTheNextEvent() throws InterruptedException {
        send(1);
        ChannelProbe inbox = inbox();

        Joined joined = join(inbox, Position.NONE);
        send(2);

        assertThat(joined.recovered()).isFalse();
        assertThat(next(inbox, 1)).containsExactly("2");
        ChannelProbe again = inbox();
        assertThat(join(again, joined.position())).isEqualTo(new Joined(joined.position(), true));
        assertThat(next(again, 1)).containsExactly("2");
        again.expectNothing();
    }

    @Test
    void aGroupThatNobodyHasUsedHasAPositionToComeBackTo() throws InterruptedException {
        Position before = top();
        send(1, 2);
        ChannelProbe inbox = inbox();

        assertThat(join(inbox, before).recovered()).isTrue();

        assertThat(next(inbox, 2)).containsExactly("1", "2");
        inbox.expectNothing();
    }

    @Test
    void deliversWhatWasMissedAndThenWhatComes() throws InterruptedException {
        ChannelProbe first = inbox();
        join(first, Position.NONE);
        send(1, 2);
        Position seen = taken(first);
        first.close();
        send(3);
        ChannelProbe second = inbox();

        Joined joined = join(second, seen);
        send(4);

        assertThat(joined).isEqualTo(new Joined(seen, true));
        assertThat(next(second, 3)).containsExactly("2", "3", "4");
        second.expectNothing();
        assertThat(layer.stats().refilled()).isEqualTo(2);
    }

    @Test
    void aClientThatIsCutOffInMidReplayResumesWhereItWas() throws InterruptedException {
        Position from = top();
        send(1, 2, 3, 4, 5);
        for (int cut = 1; cut <= 5; cut++) {
            ChannelProbe inbox = inbox();
            assertThat(join(inbox, from).recovered()).isTrue();
            from = taken(inbox);
            inbox.close();
        }
        assertThat(from).isEqualTo(top());
    }

    @Test
    void recoversFromTheOldestPositionAndNotFromTheOneBefore() throws InterruptedException {
        Position zero = top();
        send(1);
        Position one = top();
        send(2, 3, 4, 5, 6);
        ChannelProbe late = inbox();
        ChannelProbe tooLate = inbox();

        assertThat(join(late, one).recovered()).isTrue();
        assertThat(join(tooLate, zero)).isEqualTo(new Joined(top(), false));

        assertThat(next(late, 5)).containsExactly("2", "3", "4", "5", "6");
        tooLate.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", ":", "0", "epoch:1", ":1", "a:b:c", "\u0000", "9223372036854775808", "👋", "../../etc"})
    void recoversNothingFromATextThatIsNoPosition(String text) throws InterruptedException {
        send(1);
        ChannelProbe inbox = inbox();

        assertThat(join(inbox, Position.of(text))).isEqualTo(new Joined(top(), false));

        inbox.expectNothing();
    }

    @Test
    void recoversNothingFromAPositionThatWasChanged() throws InterruptedException {
        send(1, 2, 3);
        String position = top().text();
        String epoch = position.substring(0, position.indexOf(':'));
        for (String text : List.of(
                epoch + ":4",
                epoch + ":-1",
                epoch + ":+1",
                epoch + ":01",
                epoch + ":",
                epoch,
                epoch + ":99999999999999999999",
                epoch + ":1 ",
                epoch.toUpperCase(java.util.Locale.ROOT) + "X:1",
                "0".repeat(65))) {
            ChannelProbe inbox = inbox();
            assertThat(join(inbox, Position.of(text))).as(text).isEqualTo(new Joined(top(), false));
            inbox.expectNothing();
            inbox.close();
        }
    }

    @Test
    void recoversNothingFromAnotherGroupsPosition() throws InterruptedException {
        GroupName other = GroupName.of("chat", "other");
        send(1);
        layer.groupSend(other, "note", "1").toCompletableFuture().join();
        ChannelProbe inbox = inbox();

        assertThat(join(inbox, layer.position(other).toCompletableFuture().join()))
                .isEqualTo(new Joined(top(), false));

        inbox.expectNothing();
    }

    @Test
    void recoversNothingThatHasExpired() throws InterruptedException {
        Position zero = top();
        send(1);
        Position one = top();
        clock.addAndGet(TTL.toNanos() / 2);
        send(2);
        clock.addAndGet(TTL.toNanos() / 2 + 1);
        ChannelProbe tooLate = inbox();
        ChannelProbe late = inbox();

        assertThat(join(tooLate, zero).recovered()).isFalse();
        assertThat(join(late, one).recovered()).isTrue();

        tooLate.expectNothing();
        assertThat(next(late, 1)).containsExactly("2");
    }

    @Test
    void aMemberOfASilentGroupComesBackAfterAnyTime() throws InterruptedException {
        ChannelProbe first = inbox();
        Position seen = join(first, Position.NONE).position();
        for (int day = 0; day < 3; day++) {
            clock.addAndGet(Duration.ofDays(1).toNanos());
            layer.groupSend(GroupName.of("chat", "other"), "note", "")
                    .toCompletableFuture()
                    .join();
        }
        first.close();
        clock.addAndGet(TTL.toNanos() - 1);
        ChannelProbe second = inbox();

        assertThat(join(second, seen).recovered()).isTrue();
        second.expectNothing();
    }

    @Test
    void forgetsAGroupThatNobodyUses() {
        send(1);
        clock.addAndGet(TTL.toNanos() + 1);

        layer.groupSend(GroupName.of("chat", "other"), "note", "")
                .toCompletableFuture()
                .join();

        assertThat(store.size()).isEqualTo(1);
        assertThat(store.discarded()).isEqualTo(1);
    }

    @Test
    void discardsTheLeastRecentlyUsedGroupOverTheBound() throws InterruptedException {
        Position old = top();
        send(1);
        GroupName recent = GroupName.of("chat", "recent");
        for (int i = 0; i < 10; i++) {
            layer.position(recent);
            layer.groupSend(GroupName.of("chat", "room" + i), "note", "x".repeat(MAX_BYTES / 16))
                    .toCompletableFuture()
                    .join();
        }
        ChannelProbe inbox = inbox();

        assertThat(join(inbox, old).recovered()).isFalse();

        inbox.expectNothing();
        assertThat(store.bytes()).isBetween(MAX_BYTES / 2L, (long) MAX_BYTES);
        assertThat(store.discarded()).isPositive();
        assertThat(top()).as("a new epoch").isNotEqualTo(old);
    }

    @Test
    void oneGroupStaysWithinTheBound() {
        for (int i = 0; i < SIZE; i++) {
            layer.groupSend(ROOM, "note", "x".repeat(MAX_BYTES / 6))
                    .toCompletableFuture()
                    .join();
        }

        assertThat(store.bytes()).isLessThanOrEqualTo(MAX_BYTES);
        assertThat(history(SIZE)).hasSize(2);
    }

    @Test
    void replaysMoreThanTheCapacity() throws InterruptedException {
        Position zero = top();
        send(1, 2, 3, 4, 5);
        ChannelProbe inbox = inbox();

        join(inbox, zero);
        send(6, 7, 8);

        assertThat(next(inbox, 8)).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        inbox.expectNothing();
    }

    @Test
    void givesAFullChannelWhatItMissedWhenItHasRoomAgain() throws InterruptedException {
        ChannelProbe inbox = inbox();
        join(inbox, Position.NONE);

        send(1, 2, 3, 4, 5);

        assertThat(next(inbox, 3)).containsExactly("1", "2", "3");
        assertThat(takes(inbox)).as("a gap that the history fills").isFalse();
        send(6);
        assertThat(next(inbox, 3)).containsExactly("4", "5", "6");
        inbox.expectNothing();
        assertThat(layer.stats().full()).isEqualTo(2);
        assertThat(layer.stats().refilled()).isEqualTo(2);
    }

    @Test
    void tellsAChannelThatMissedMoreThanTheHistoryHas() throws InterruptedException {
        ChannelProbe inbox = inbox();
        join(inbox, Position.NONE);

        send(IntStream.rangeClosed(1, 3 + SIZE + 1).toArray());

        assertThat(next(inbox, 3)).containsExactly("1", "2", "3");
        Event mark = inbox.arrived();
        assertThat(mark.gap()).contains(Gap.of(ROOM));
        assertThat(inbox.channel().take(mark)).isTrue();
        send(10);
        assertThat(next(inbox, 1)).containsExactly("10");
        inbox.expectNothing();
    }

    @Test
    void whatWaitsWhenAMemberJoinsAgainIsSuperseded() throws InterruptedException {
        ChannelProbe inbox = inbox();
        Position zero = join(inbox, Position.NONE).position();
        send(1, 2);

        join(inbox, zero);
        send(3);

        assertThat(List.of(takes(inbox), takes(inbox), takes(inbox))).containsOnly(false);
        assertThat(next(inbox, 3)).containsExactly("1", "2", "3");
        inbox.expectNothing();
        assertThat(layer.stats().superseded()).isEqualTo(2);
        assertThat(layer.stats().members()).isEqualTo(1);
    }

    @Test
    void leavingAndComingBackDeliversNothingTwice() throws InterruptedException {
        ChannelProbe inbox = inbox();
        Position zero = join(inbox, Position.NONE).position();
        send(1, 2);
        layer.groupDiscard(ROOM, inbox.channel());
        send(3);

        join(inbox, zero);

        assertThat(List.of(takes(inbox), takes(inbox), takes(inbox))).containsOnly(false);
        assertThat(next(inbox, 3)).containsExactly("1", "2", "3");
        inbox.expectNothing();
    }

    @Test
    void aGapEndsWithTheMembership() throws InterruptedException {
        ChannelProbe inbox = inbox();
        join(inbox, Position.NONE);
        send(IntStream.rangeClosed(1, 3 + SIZE + 1).toArray());
        layer.groupDiscard(ROOM, inbox.channel());

        assertThat(next(inbox, 3)).containsExactly("1", "2", "3");
        assertThat(takes(inbox)).isFalse();

        join(inbox, Position.NONE);
        send(10);
        assertThat(next(inbox, 1)).containsExactly("10");
    }

    @Test
    void aGapThatWaitsAloneEndsWhenTheMemberJoinsAgain() throws InterruptedException {
        ChannelProbe inbox = inbox();
        join(inbox, Position.NONE);
        send(1, 2, 3, 4, 5);
        next(inbox, 2);
        Position third = taken(inbox);

        join(inbox, third);
        send(6);

        assertThat(handled(inbox, 3)).containsExactly("4", "5", "6");
        assertThat(inbox.channel().waiting()).isZero();
        inbox.expectNothing();
    }

    @Test
    void recoversNothingForAChannelThatJoinsAgainAndAgainAndTakesNothing() throws InterruptedException {
        ChannelProbe inbox = inbox();
        Position zero = join(inbox, Position.NONE).position();
        send(1, 2);

        for (int i = 0; i < 1_000; i++) {
            join(inbox, zero);
        }
        assertThat(layer.stats().refilled()).isLessThan(50);
        assertThat(join(inbox, zero)).isEqualTo(new Joined(top(), false));
        send(3);

        assertThat(handled(inbox, 1)).containsExactly("3");
        join(inbox, zero);
        assertThat(handled(inbox, 3)).containsExactly("1", "2", "3");
        inbox.expectNothing();
    }

    @Test
    void anEventWithAPositionDoesNotExpireInAChannel() throws InterruptedException {
        ChannelProbe inbox = inbox();
        Position zero = join(inbox, Position.NONE).position();
        send(1);
        join(inbox, zero);
        send(2);

        clock.addAndGet(Duration.ofHours(2).toNanos());

        assertThat(handled(inbox, 2)).containsExactly("1", "2");
        assertThat(layer.stats().expired()).isZero();
    }

    @Test
    void keepsTheEventsWhileNobodyIsThere() {
        send(1, 2, 3);

        assertThat(history(2)).containsExactly("2", "3");
        assertThat(history(100)).containsExactly("1", "2", "3");
        assertThat(layer.history(LIVE, 3).toCompletableFuture().join()).isEmpty();
        assertThatThrownBy(() -> layer.history(ROOM, 0)).hasMessage("the limit of a history must be at least 1, was 0");
    }

    @Test
    void aGroupWithoutHistoryHasNoPosition() throws InterruptedException {
        ChannelProbe inbox = inbox();

        assertThat(layer.groupAdd(LIVE, inbox.channel(), top())
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new Joined(Position.NONE, false));
        layer.groupSend(LIVE, "note", "hello").toCompletableFuture().join();

        Event event = inbox.arrived();
        assertThat(event.position()).isEmpty();
        assertThat(event.group()).contains(LIVE);
        inbox.channel().take(event);
        assertThat(layer.keepsHistory(LIVE)).isFalse();
        assertThat(layer.position(LIVE).toCompletableFuture().join()).isEqualTo(Position.NONE);
    }

    @Test
    void keepsWhatASenderSendsToOthersToo() throws InterruptedException {
        ChannelProbe sender = inbox();
        Position zero = join(sender, Position.NONE).position();

        layer.groupSendExcept(ROOM, sender.name(), Event.of("note", "others"));

        sender.expectNothing();
        ChannelProbe other = inbox();
        join(other, zero);
        assertThat(next(other, 1)).containsExactly("others");
    }

    @Test
    void aSenderThatWasFullIsGivenWhatItSentToOthersToo() throws InterruptedException {
        ChannelProbe sender = inbox();
        join(sender, Position.NONE);
        send(1, 2, 3, 4);
        layer.groupSendExcept(ROOM, sender.name(), Event.of("note", "others"));

        assertThat(handled(sender, 5)).containsExactly("1", "2", "3", "4", "others");
    }

    @Test
    void keepsNothingOfASendThatIsRefused() {
        send(1);

        assertThatThrownBy(() -> layer.groupSendExcept(ROOM, "no name", Event.of("note", "2")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(layer.groupSend(ROOM, "note", "x".repeat(ChannelLayer.DEFAULT_MAX_EVENT)))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(EventTooLargeException.class)
                .withMessageContaining("1048578 bytes of JSON, and the most is 1048576 (channels.layer.max-event)");

        assertThat(history(SIZE)).containsExactly("1");
    }

    private record Told(Position position) {}

    @Test
    void aPositionIsAStringInJson() throws Exception {
        ObjectMapper mapper = JsonMapper.builder().findAndAddModules().build();
        assertThat(mapper.writeValueAsString(new Told(Position.of("a:1")))).isEqualTo("{\"position\":\"a:1\"}");
        assertThat(mapper.readValue("{\"position\":\"a:1\"}", Told.class)).isEqualTo(new Told(Position.of("a:1")));
        assertThat(mapper.readValue("\"\"", Position.class)).isEqualTo(Position.NONE);
    }

    @Test
    void aClosedChannelIsGivenNothing() {
        Position zero = top();
        send(1, 2);
        ChannelProbe inbox = inbox();
        inbox.close();

        join(inbox, zero);

        assertThat(layer.stats().unknown()).isEqualTo(2);
        assertThat(layer.stats().members()).isZero();
    }

    @Test
    void closingCountsWhatWasReplayed() {
        Position zero = top();
        send(1, 2);
        ChannelProbe inbox = inbox();
        join(inbox, zero);

        inbox.close();

        assertThat(layer.stats().unknown()).isEqualTo(2);
    }

    @Test
    void aReceiverThatFailsAtAMarkStaysAMember() {
        List<Event> given = new ArrayList<>();
        Channel channel = layer.newChannel(event -> {
            if (event.isMark()) {
                throw new AssertionError("planted");
            }
            given.add(event);
        });
        layer.groupAdd(ROOM, channel, Position.NONE);
        send(1, 2, 3, 4);
        layer.groupAdd(ROOM, channel, Position.NONE);

        given.forEach(channel::take);
        given.clear();
        send(5);

        assertThat(given).singleElement().satisfies(event -> {
            assertThat(channel.take(event)).isTrue();
            assertThat(event.payload(String.class)).isEqualTo("5");
        });
        channel.close();
    }

    @Test
    void refusesAReceiverThatSendsToSuchAGroup() throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        Channel relay = layer.newChannel(event -> {
            try {
                layer.groupSend(ROOM, event);
            } catch (IllegalStateException e) {
                failures.add(e);
            }
        });
        layer.groupAdd(ROOM, relay);

        send(1);

        assertThat(failures).singleElement().asString().contains("a receiver only passes events on");
        relay.close();
    }

    @Test
    void bothFormsOfAPrefixedNameKeepHistory() {
        assertThat(layer.keepsHistory(GroupName.of("chat", "räume/1"))).isTrue();
        assertThat(layer.keepsHistory(new GroupName("chat_"))).isTrue();
        for (String other : List.of("chat", "chats_lobby", "cha_t", "chat-lobby", "chat.x_lobby", "xchat_lobby")) {
            assertThat(layer.keepsHistory(new GroupName(other))).as(other).isFalse();
        }
    }

    @Test
    void tellsMembersAndListenersOfEventsThatWereLostOnTheWay() throws Exception {
        ChannelProbe member = inbox();
        layer.groupAdd(LIVE, member.channel());
        ChannelProbe stranger = inbox();
        List<Gap> told = new ArrayList<>();
        layer.onGap(gap -> {
            throw new AssertionError("planted");
        });
        try (AutoCloseable listening = layer.onGap(told::add)) {
            assertThat(listening).isNotNull();
            local.missed(Gap.of(LIVE), 7);
            local.missed(new Gap(java.util.Set.of()), 0);
        }
        local.missed(Gap.of(LIVE), 1);

        assertThat(told).containsExactly(Gap.of(LIVE), new Gap(java.util.Set.of()));
        assertThat(member.arrived().gap()).contains(Gap.of(LIVE));
        stranger.expectNothing();
        assertThat(layer.stats().lost()).isEqualTo(8);
        assertThat(layer.stats().listenerFailures()).isEqualTo(3);
    }
}
