package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PresenceTest extends PresenceFixture {
    private record Meta(String name) {}

    @Test
    void tellsAJoinerTheStateAndThenTheDifferences() {
        entered("ann", "{\"name\":\"Ann\"}");
        PresentClient watcher = watcher();
        tick();
        List<Presence.Diff> state = watcher.take();
        entered("bob", "{\"name\":\"Bob\"}");
        tick();
        List<Presence.Diff> diffs = watcher.take();

        assertThat(state).singleElement().satisfies(first -> {
            assertThat(first.state()).isTrue();
            assertThat(first.group()).isEqualTo(ROOM);
            assertThat(first.joins()).containsOnlyKeys("ann");
            assertThat(first.leaves()).isEmpty();
        });
        assertThat(diffs).singleElement().satisfies(diff -> {
            assertThat(diff.state()).isFalse();
            assertThat(diff.joins().get("bob"))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.meta(Meta.class)).isEqualTo(new Meta("Bob")));
        });
        assertThat(watcher.present()).isEqualTo(PresentClient.listed(local, ROOM));
    }

    @Test
    void sendsTheStateOfAnEmptyGroup() {
        PresentClient watcher = watcher();
        tick();

        assertThat(watcher.take()).singleElement().satisfies(state -> {
            assertThat(state.state()).isTrue();
            assertThat(state.joins()).isEmpty();
        });
    }

    @Test
    void writesTheDocumentedJson() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        PresentClient ann = entered("ann", "{\"name\":\"Ann\"}");
        tick();
        watcher.take();
        leave(ann, "ann");
        time.pass(GRACE.plus(TICK));
        watcher.take();
        String ref = PresentClient.joined(Presence.Diff.of(watcher.events().get(1)), "ann")
                .ref();

        assertThat(watcher.events().stream().map(Event::json))
                .containsExactly(
                        "{\"type\":\"presence\",\"group\":\"room_lobby\",\"state\":true,\"joins\":{},\"leaves\":{}}",
                        "{\"type\":\"presence\",\"group\":\"room_lobby\",\"state\":false,\"joins\":{\"ann\":{\"" + ref
                                + "\":{\"name\":\"Ann\"}}},\"leaves\":{}}",
                        "{\"type\":\"presence\",\"group\":\"room_lobby\",\"state\":false,\"joins\":{},\"leaves\":{\"ann\":[\""
                                + ref + "\"]}}");
    }

    @Test
    void countsTwoDevicesOfOneUserAsOneKeyWithTwoReferences() {
        PresentClient watcher = watcher();
        entered("ann", "\"phone\"");
        PresentClient laptop = entered("ann", "\"laptop\"");
        tick();
        watcher.take();

        assertThat(watcher.present()).containsOnlyKeys("ann");
        assertThat(watcher.metas("ann")).containsExactlyInAnyOrder("\"phone\"", "\"laptop\"");

        laptop.close();
        time.pass(GRACE.plus(TICK));
        watcher.take();

        assertThat(watcher.metas("ann")).containsExactly("\"phone\"");
    }

    @Test
    void tellsALeaveAfterTheGrace() {
        PresentClient watcher = watcher();
        PresentClient ann = entered("ann", "1");
        tick();
        watcher.take();

        ann.close();
        time.pass(GRACE.minusMillis(1));
        List<Presence.Diff> before = watcher.take();
        boolean listed = PresentClient.listed(local, ROOM).containsKey("ann");
        time.pass(TICK);

        assertThat(before).isEmpty();
        assertThat(listed).isTrue();
        assertThat(watcher.take())
                .singleElement()
                .satisfies(diff -> assertThat(diff.leaves()).containsOnlyKeys("ann"));
        assertThat(PresentClient.listed(local, ROOM)).isEmpty();
    }

    @Test
    void tellsNothingOfAReconnectWithinTheGrace() {
        PresentClient watcher = watcher();
        PresentClient ann = entered("ann", "1");
        tick();
        watcher.take();
        Map<String, Map<String, String>> before = Map.copyOf(watcher.present());

        ann.close();
        time.pass(Duration.ofSeconds(14));
        entered("ann", "1");
        time.pass(Duration.ofSeconds(60));

        assertThat(watcher.take()).isEmpty();
        assertThat(PresentClient.listed(local, ROOM)).isEqualTo(before);
    }

    @Test
    void tellsOnlyTheNewMetaOfAReconnectWithAnother() {
        PresentClient watcher = watcher();
        PresentClient ann = entered("ann", "1");
        tick();
        watcher.take();

        ann.close();
        entered("ann", "2");
        time.pass(Duration.ofSeconds(60));

        assertThat(watcher.take()).singleElement().satisfies(diff -> {
            assertThat(diff.leaves()).isEmpty();
            assertThat(diff.joins()).containsOnlyKeys("ann");
        });
        assertThat(watcher.metas("ann")).containsExactly("2");
    }

    @Test
    void tellsNothingWhenTwoDevicesReconnectInAnotherOrder() {
        PresentClient watcher = watcher();
        PresentClient phone = entered("ann", "\"phone\"");
        PresentClient laptop = entered("ann", "\"laptop\"");
        tick();
        watcher.take();

        phone.close();
        laptop.close();
        tick();
        entered("ann", "\"laptop\"");
        entered("ann", "\"phone\"");
        time.pass(Duration.ofSeconds(60));

        assertThat(watcher.take()).isEmpty();
    }

    @Test
    void tellsNothingOfWhatEntersAndLeavesWithinATick() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        entered("ann", "1").close();
        PresentClient bob = entered("bob", "1");
        leave(bob, "bob");
        boolean listed = PresentClient.listed(local, ROOM).isEmpty();
        time.pass(Duration.ofSeconds(60));

        assertThat(listed).isTrue();
        assertThat(watcher.take()).isEmpty();
    }

    @Test
    void mergesTheUpdatesOfATick() {
        PresentClient watcher = watcher();
        PresentClient ann = entered("ann", "1");
        tick();
        watcher.take();
        done(local.presence().update(ROOM, ann.channel(), "ann", bytes("2")));
        done(local.presence().update(ROOM, ann.channel(), "ann", bytes("3")));
        tick();

        assertThat(watcher.take()).hasSize(1);
        assertThat(watcher.metas("ann")).containsExactly("3");

        enter(ann, "ann", "4");
        enter(ann, "ann", "3");
        tick();

        assertThat(watcher.take()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"__proto__", "constructor", " ", "\"", "\\", "\n", "ключ", "😀", "a:b", "\u0000", "</script>"})
    void takesAnyTextAsAKey(String key) {
        PresentClient watcher = watcher();
        PresentClient client = entered(key, "{\"__proto__\":{\"a\":1}}");
        tick();
        watcher.take();

        assertThat(watcher.present()).containsOnlyKeys(key);
        assertThat(watcher.present()).isEqualTo(PresentClient.listed(local, ROOM));

        client.close();
        time.pass(GRACE.plus(TICK));
        watcher.take();

        assertThat(watcher.present()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0.10",
                "1e400",
                "true",
                "null",
                "\"é😀\\n\"",
                "[]",
                "[1 , 2]",
                "{ \"a\" : [ { } ] }",
                "123456789012345678901234567890.5"
            })
    void keepsAMetaAsItWasWritten(String meta) {
        PresentClient watcher = watcher();
        entered("a", meta);
        entered("b", meta);
        tick();
        watcher.take();

        assertThat(watcher.metas("a")).containsExactly(meta);
        assertThat(watcher.metas("b")).containsExactly(meta);
    }

    @Test
    void readsAMetaThatIsNestedDeeply() {
        PresentClient watcher = watcher();
        String deep = "[".repeat(2000) + "]".repeat(2000);
        entered("ann", deep);
        entered("bob", "{\"name\":\"Bob\"}");
        tick();
        List<Presence.Diff> state = watcher.take();

        assertThat(watcher.metas("ann")).containsExactly(deep);
        assertThat(PresentClient.joined(state.get(0), "bob").meta(new TypeReference<Map<String, String>>() {}))
                .isEqualTo(Map.of("name", "Bob"));
        assertThatThrownBy(() -> PresentClient.joined(state.get(0), "ann").meta(Meta.class))
                .isInstanceOf(UndecodablePayloadException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NaN", "{", "1 2", "1}}", "{\"a\":1},\"x\":2"})
    void refusesAMetaThatIsNotOneValue(String meta) {
        PresentClient client = client();

        assertThatThrownBy(() -> enter(client, "ann", meta))
                .hasRootCauseInstanceOf(java.io.IOException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the meta of a presence must be one JSON value");
        assertThat(PresentClient.listed(local, ROOM)).isEmpty();
    }

    @Test
    void aClosedChannelNeitherEntersNorWatches() {
        PresentClient gone = client();
        gone.close();
        enter(gone, "ann", "1");
        done(local.presence().update(ROOM, gone.channel(), "ann", bytes("1")));
        leave(gone, "ann");
        gone.watch(ROOM);

        assertThat(PresentClient.listed(local, ROOM)).isEmpty();
        assertThat(local.presence().stats().watches()).isZero();
        assertThat(time.waiting()).isZero();
    }

    @Test
    void refusesToUpdateWhatHasNotEntered() {
        PresentClient client = entered("ann", "1");

        assertThatThrownBy(() -> done(local.presence().update(ROOM, client.channel(), "bob", bytes("1"))))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("cannot update the presence of group 'room_lobby': the connection has not"
                        + " entered under this key; call enter(..)");
    }

    @Test
    void tellsAWatcherThatLeavesNothingMore() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        done(local.presence().unwatch(ROOM, watcher.channel()));
        done(local.presence().unwatch(ROOM, watcher.channel()));
        entered("ann", "1");
        tick();
        List<Presence.Diff> after = watcher.take();
        watcher.watch(ROOM).watch(ROOM);
        tick();

        assertThat(after).isEmpty();
        assertThat(watcher.take())
                .singleElement()
                .satisfies(state -> assertThat(state.state()).isTrue());
    }

    @Test
    void keepsGroupsApart() {
        GroupName hall = new GroupName("hall");
        PresentClient watcher = watcher();
        PresentClient ann = client();
        done(local.presence().enter(hall, ann.channel(), "ann", bytes("1")));
        tick();
        watcher.take();

        assertThat(watcher.present()).isEmpty();
        assertThat(PresentClient.listed(local, hall)).containsOnlyKeys("ann");
    }

    @Test
    void schedulesNothingWhileIdle() {
        PresentClient watcher = watcher();
        entered("ann", "1");
        tick();
        tick();

        assertThat(presence(local).isIdle()).isTrue();
        assertThat(time.waiting()).isZero();
        assertThat(time.runs()).isLessThanOrEqualTo(2);
        assertThat(watcher.take()).hasSize(1);
    }

    @Test
    void tellsTheFirstChangeAfterAPauseSoon() {
        PresentClient watcher = watcher();
        tick();
        watcher.take();
        time.pass(Duration.ofSeconds(5));
        entered("ann", "1");
        time.pass(Duration.ofMillis(50));
        int soon = watcher.take().size();
        entered("bob", "1");
        time.pass(Duration.ofMillis(990));
        int early = watcher.take().size();
        time.pass(Duration.ofMillis(10));

        assertThat(soon).isEqualTo(1);
        assertThat(early).isZero();
        assertThat(watcher.take()).hasSize(1);
    }

    @Test
    void listsEntriesInTheOrderOfTheirKeys() {
        IntStream.of(3, 1, 2).forEach(i -> entered("user-" + i, "" + i));

        assertThat(local.presence().list(ROOM).toCompletableFuture().join())
                .extracting(Presence.Entry::key)
                .containsExactly("user-1", "user-2", "user-3");
    }
}
