package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;

/** Channels whose owners chose their names, on one node. */
final class NamedChannelsTest {
    private static final String NAME = "thumbnails";
    private static final int CAPACITY = 3;
    private static final Duration EXPIRY = Duration.ofMinutes(1);

    private final LocalChannels local = new LocalChannels(CAPACITY, EXPIRY);
    private final ChannelLayer layer = new InMemoryLayer(local);
    private final List<Channel> open = new ArrayList<>();

    /** A channel of the name, and what it has received. */
    private record Worker(Channel channel, Queue<Event> events) {
        List<String> texts() {
            return events.stream().map(event -> event.payload(String.class)).toList();
        }

        void takeAll() {
            for (Event event = events.poll(); event != null; event = events.poll()) {
                channel.take(event);
            }
        }
    }

    @AfterEach
    void nothingLingers() {
        open.forEach(Channel::close);

        assertThat(layer.stats().channels()).isZero();
        assertThat(local.names()).isEmpty();
    }

    private Worker worker() {
        Queue<Event> events = new ConcurrentLinkedQueue<>();
        Channel channel = layer.newChannel(NAME, events::add);
        open.add(channel);
        return new Worker(channel, events);
    }

    private CompletionStage<Done> send(String text) {
        return layer.send(NAME, "make", text);
    }

    private void sendAll(String... texts) {
        Stream.of(texts).forEach(text -> assertThat(send(text)).isCompleted());
    }

    private static void assertFails(CompletionStage<Done> stage, Class<? extends Throwable> type, String message) {
        assertThat(stage)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(type)
                .withMessage(message);
    }

    @Test
    void deliversToTheChannelOfTheName() {
        Worker worker = worker();

        sendAll("one", "two");

        assertThat(worker.texts()).containsExactly("one", "two");
        assertThat(worker.channel().name()).isEqualTo(NAME);
        assertThat(layer.stats().channels()).isEqualTo(1);
    }

    @Test
    void deliversToTheChannelsOfANameInTurn() {
        Worker first = worker();
        Worker second = worker();

        sendAll("one", "two", "three", "four");

        assertThat(first.texts()).containsExactly("one", "three");
        assertThat(second.texts()).containsExactly("two", "four");
    }

    @Test
    void skipsAChannelThatIsFull() {
        Worker slow = worker();
        Worker quick = worker();
        sendAll("1", "2", "3", "4", "5", "6");
        quick.takeAll();

        sendAll("7", "8");

        assertThat(slow.texts()).containsExactly("1", "3", "5");
        assertThat(quick.texts()).containsExactly("7", "8");
        assertThat(layer.stats().full()).isZero();
    }

    @Test
    void failsWhenAllChannelsOfTheNameAreFull() {
        worker();
        worker();
        sendAll("1", "2", "3", "4", "5", "6");

        assertFails(
                send("7"),
                ChannelFullException.class,
                "channel 'thumbnails' is full: 3 events wait (channels.layer.capacity), or 1048576 bytes do"
                        + " (channels.layer.capacity-bytes); send less or make its receiver faster");
        assertThat(layer.stats().full()).isEqualTo(1);
    }

    @Test
    void failsAndCountsWhenNoChannelHasTheName() {
        assertFails(
                send("lost"),
                NoWorkerException.class,
                "channel 'thumbnails' has no worker, and the event was dropped; start one with"
                        + " Channels.worker(\"thumbnails\", ..) on at least one node, or correct the name");
        assertThat(layer.stats().unknown()).isEqualTo(1);
        assertThat(layer.stats().sent()).isEqualTo(1);
    }

    @Test
    void failsAgainWhenTheLastChannelOfTheNameIsClosed() {
        Worker first = worker();
        Worker second = worker();
        first.channel().close();
        sendAll("one", "two");
        second.channel().close();

        assertThat(second.texts()).containsExactly("one", "two");
        assertThat(send("three")).isCompletedExceptionally();
        assertThat(layer.stats().unknown()).as("two that waited, and one").isEqualTo(3);
    }

    @Test
    void namesTheChannelInTheException() {
        assertThatThrownBy(send("lost").toCompletableFuture()::join)
                .cause()
                .isInstanceOfSatisfying(
                        NoWorkerException.class,
                        failure -> assertThat(failure.channel()).isEqualTo(NAME));
    }

    @ParameterizedTest
    @EnumSource
    void neverOffersAnEventToAnotherChannelAfterAReceiverHasThrown(Planted planted) {
        open.add(layer.newChannel(NAME, event -> planted.raise()));
        Worker other = worker();

        sendAll("one", "two");

        assertThat(other.texts()).containsExactly("two");
        assertThat(layer.stats().unknown()).isEqualTo(1);
    }

    @Test
    void deliversEachOfManyEventsOnceFromManyThreads() {
        int sends = 10_000;
        ChannelLayer wide = ChannelLayer.inMemory(sends, EXPIRY);
        Queue<Integer> received = new ConcurrentLinkedQueue<>();
        List<Channel> workers = IntStream.range(0, 3)
                .mapToObj(i -> wide.newChannel(NAME, event -> received.add(event.payload(Integer.class))))
                .toList();

        CompletableFuture<?>[] threads = IntStream.range(0, 4)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> IntStream.range(0, sends)
                        .filter(number -> number % 4 == thread)
                        .forEach(number -> wide.send(NAME, "make", number)
                                .toCompletableFuture()
                                .join())))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(threads).join();

        assertThat(received).hasSize(sends).doesNotHaveDuplicates();
        workers.forEach(Channel::close);
        assertThat(wide.stats().channels()).isZero();
    }

    @Test
    void notifiesWhenANameAppearsAndGoes() {
        List<String> seen = new ArrayList<>();
        local.onNamesChanged(() -> seen.add(String.join(",", local.names())));

        Worker first = worker();
        Worker second = worker();
        open.add(layer.newChannel("mail", event -> {}));
        first.channel().close();
        second.channel().close();

        assertThat(seen).containsExactly("thumbnails", "mail,thumbnails", "mail");
    }

    @ParameterizedTest
    @EnumSource
    void opensAndClosesThoughTheListenerThrows(Planted planted) {
        local.onNamesChanged(planted::raise);

        Worker worker = worker();
        sendAll("one");
        worker.channel().close();

        assertThat(worker.texts()).containsExactly("one");
    }

    @Test
    void keepsItsChannelsOutOfGroups() {
        Worker worker = worker();

        assertThatThrownBy(() -> layer.groupAdd("room", worker.channel()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a channel with a chosen name cannot join a group, was 'thumbnails';"
                        + " open another channel with newChannel(receiver) for it");
    }

    @Test
    void dropsAnEventForAGeneratedNameThatIsUnknownAsBefore() {
        assertThat(layer.send("specific.gone!abc", Event.of("make"))).isCompleted();
        assertThat(layer.stats().unknown()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "specific.node!random", "!", "caf\u00e9", "two\nlines"})
    void refusesNamesThatNoOwnerMayChoose(String name) {
        assertThatThrownBy(() -> layer.newChannel(name, event -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("name of a channel with a chosen name must be 1-99 of [A-Za-z0-9._-], was '");
    }

    @SuppressWarnings("NullAway")
    @Test
    void refusesNullAndTooLongNames() {
        assertThatThrownBy(() -> layer.newChannel("a".repeat(100), event -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layer.newChannel(null, event -> {})).hasMessageContaining("must not be null");
        assertThatThrownBy(() -> layer.newChannel(NAME, null)).hasMessageContaining("must not be null");
    }

    @Test
    void isNotSupportedByALayerThatKnowsGeneratedNamesOnly() {
        ChannelLayer other = new ForwardingLayer(1) {};

        assertThatThrownBy(() -> other.newChannel(NAME, event -> {}))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageEndingWith("does not support channels with a chosen name, such as 'thumbnails',"
                        + " which workers need; override newChannel(String, Consumer)");
    }
}
