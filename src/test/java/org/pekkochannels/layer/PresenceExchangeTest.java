package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nodes exchange about their presence, as bytes. */
final class PresenceExchangeTest extends PresenceFixture {
    private static final int MANY = 10_000;

    private final LocalChannels other = node(1000, PresenceSettings.DEFAULT);
    private final PresenceExchange from = other.presenceExchange();
    private final PresenceExchange to = local.presenceExchange();

    @AfterEach
    void dropTheOther() {
        to.drop(other.node());
    }

    private PresentClient enterMany() {
        PresentClient last = client(other);
        for (int i = 0; i < MANY; i++) {
            last = i % 16 == 0 ? client(other) : last;
            done(other.presence().enter(ROOM, last.channel(), "user-" + i, bytes("{\"name\":\"user-" + i + "\"}")));
        }
        return last;
    }

    private int listed() {
        return local.presence().list(ROOM).toCompletableFuture().join().size();
    }

    private boolean receive(byte[] part) {
        return to.receive(other.node(), part);
    }

    @Test
    void aStateOfManyEntriesHasPartsThatAreTakenOverTogether() {
        enterMany();
        List<byte[]> parts = from.state();

        assertThat(parts).hasSizeGreaterThan(5).allMatch(part -> part.length < PresenceParts.SIZE + 1000);
        for (byte[] part : parts.subList(0, parts.size() - 1)) {
            assertThat(receive(part)).isTrue();
            assertThat(listed()).isZero();
        }
        assertThat(receive(parts.get(parts.size() - 1))).isTrue();
        assertThat(listed()).isEqualTo(MANY);
    }

    @Test
    void manyChangesHavePartsOfWhichEachIsComplete() {
        AtomicInteger called = new AtomicInteger();
        from.begin(called::incrementAndGet);
        receive(from.state().get(0));
        PresentClient last = enterMany();

        assertThat(called).hasValue(1);
        assertThat(from.isPending()).isTrue();
        List<byte[]> parts = from.changes();
        assertThat(parts).hasSizeGreaterThan(5).allMatch(this::receive);
        assertThat(listed()).isEqualTo(MANY);
        assertThat(from.changes()).isEmpty();
        assertThat(from.isPending()).isFalse();
        last.close();
        assertThat(called).hasValue(2);
    }

    @Test
    void asksForTheStateWhenAPartOfItIsMissing() {
        enterMany();
        List<byte[]> parts = from.state();

        assertThat(receive(parts.get(0))).isTrue();
        assertThat(receive(parts.get(2))).isFalse();
        assertThat(receive(parts.get(1))).isFalse();
        assertThat(listed()).isZero();
        assertThat(parts).allMatch(this::receive);
        assertThat(listed()).isEqualTo(MANY);
    }

    @Test
    void refusesWhatIsNoPartOrOfAnotherNode() {
        enter(client(other), other);
        byte[] part = from.state().get(0);
        byte[] later = part.clone();
        later[0] = 2;

        assertThatThrownBy(() -> to.receive("stranger", part)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> receive(later)).hasMessageContaining("unknown version 2");
        assertThatThrownBy(() -> receive(new byte[0])).hasMessageContaining("incomplete");
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            byte[] broken = Arrays.copyOf(part, 1 + random.nextInt(part.length - 1));
            assertThatThrownBy(() -> receive(broken)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(listed()).isZero();
        assertThat(receive(part)).isTrue();
        assertThat(listed()).isEqualTo(1);
    }

    private static void enter(PresentClient client, LocalChannels node) {
        done(node.presence().enter(ROOM, client.channel(), "ann", bytes("1")));
    }
}
