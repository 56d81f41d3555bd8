package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;

/** Members of a group with history that come back to a node, many at a time or one after the other. */
final class ReturningMembersTest {
    private static final int MEMBERS = Boolean.getBoolean("channels.proofs") ? 10_000 : 500;
    private static final int MISSED = 300;
    private static final GroupName GROUP = GroupName.of("kept", "crowd");

    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    private PostgresNodes nodes;
    private PostgresLayer one;
    private PostgresLayer other;

    @BeforeEach
    void open() throws Exception {
        nodes = new PostgresNodes(
                SERVER.platformUrl(), "channels.layer.history = [{prefix = kept, size = 1000, ttl = 1h}]");
        one = nodes.open(1_000_000, Duration.ofHours(1), System::nanoTime);
        other = nodes.open(1_000_000, Duration.ofHours(1), System::nanoTime);
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private CompletableFuture<?> send(String text) {
        return one.groupSend(GROUP, Event.of("text", text)).toCompletableFuture();
    }

    /** Sends events and returns the position before the first. */
    private Position send(int count) throws Exception {
        Position before = one.position(GROUP).toCompletableFuture().get(30, TimeUnit.SECONDS);
        for (int i = 0; i < count; i++) {
            send("event").get(30, TimeUnit.SECONDS);
        }
        return before;
    }

    private static Position after(Position position, long more) {
        GroupPlace place = GroupPlace.of(position).orElseThrow();
        return GroupPlace.position(place.epoch(), place.number() + more);
    }

    private static long number(Position position) {
        return GroupPlace.of(position).orElseThrow().number();
    }

    private static void assertContiguous(Received member, Position since, long last) {
        assertThat(member.numbers(GROUP))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(number(since) + 1, last).boxed().toList());
    }

    @Test
    void aCrowdMissesNothingAndTheHistoryIsReadOnce() throws Exception {
        Position before = send(MISSED);
        AtomicBoolean joined = new AtomicBoolean();
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            while (!joined.get()) {
                send("meanwhile").join();
            }
        });
        List<Received> members = new ArrayList<>();
        List<CompletableFuture<Joined>> joins = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < MEMBERS; i++) {
            Received member = new Received(other);
            members.add(member);
            joins.add(other.groupAdd(GROUP, member.channel(), after(before, MISSED - i % 80))
                    .toCompletableFuture());
        }
        for (CompletableFuture<Joined> join : joins) {
            assertThat(join.get(60, TimeUnit.SECONDS).recovered()).isTrue();
        }
        long tens = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) / 10;
        joined.set(true);
        sender.get(30, TimeUnit.SECONDS);
        send("last").get(30, TimeUnit.SECONDS);
        long last = number(one.position(GROUP).toCompletableFuture().get(30, TimeUnit.SECONDS));

        for (int i = 0; i < MEMBERS; i++) {
            members.get(i).await("last");
            assertContiguous(members.get(i), after(before, MISSED - i % 80), last);
            members.get(i).close();
        }
        assertThat(other.historyReads()).isLessThanOrEqualTo(1 + tens);
    }

    @Test
    void oneThatIsFurtherBehindIsReadFor() throws Exception {
        Position before = send(MISSED);
        try (Received near = new Received(other);
                Received far = new Received(other)) {
            assertThat(near.join(GROUP, after(before, MISSED - 1)).recovered()).isTrue();
            assertThat(far.join(GROUP, before).recovered()).isTrue();
            send("last").get(30, TimeUnit.SECONDS);
            near.await("last");
            far.await("last");

            assertThat(near.texts()).hasSize(2);
            assertContiguous(far, before, number(before) + MISSED + 1);
        }
        assertThat(other.historyReads()).isEqualTo(2);
    }

    /** This one asks for more than is kept, in the same read. */
    @Test
    void aPositionThatIsTooOldHindersNoOther() throws Exception {
        Position before = send(1100);
        for (int i = 0; i < 10; i++) {
            try (Received old = new Received(other);
                    Received recent = new Received(other)) {
                CompletableFuture<Joined> late =
                        other.groupAdd(GROUP, old.channel(), before).toCompletableFuture();
                CompletableFuture<Joined> intime = other.groupAdd(GROUP, recent.channel(), after(before, 1090))
                        .toCompletableFuture();

                assertThat(late.get(30, TimeUnit.SECONDS).recovered()).isFalse();
                assertThat(intime.get(30, TimeUnit.SECONDS).recovered()).isTrue();
            }
        }
    }

    /** A node without members does not read such a payload when it is sent. */
    @Test
    void aLargeEventThatNobodyReceivedIsRecovered() throws Exception {
        Position before = send(1);
        try (Received early = new Received(other)) {
            assertThat(early.join(GROUP, before).recovered()).isTrue();
        }
        send("x".repeat(20_000)).get(30, TimeUnit.SECONDS);
        try (Received late = new Received(other)) {
            assertThat(late.join(GROUP, before).recovered()).isTrue();
            send("last").get(30, TimeUnit.SECONDS);
            late.await("last");

            assertContiguous(late, before, number(before) + 3);
        }
    }
}
