package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BacklogTest {
    private final Backlog<String> backlog = new Backlog<>();

    @Test
    void nothingWaitsAtFirst() {
        assertThat(backlog).isEmpty();
        assertThat(backlog.poll()).isNull();
        assertThat(backlog.peek()).isNull();
        assertThat(backlog.peekLast()).isNull();
        assertThatThrownBy(backlog::remove).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void oneAloneIsFirstAndLast() {
        backlog.add("one");

        assertThat(backlog.peek()).isEqualTo("one");
        assertThat(backlog.peekLast()).isEqualTo("one");
        assertThat(backlog.remove()).isEqualTo("one");
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void manyLeaveInTheOrderInWhichTheyCame() {
        backlog.addAll(List.of("one", "two", "three"));

        assertThat(backlog).containsExactly("one", "two", "three");
        assertThat(backlog.peekLast()).isEqualTo("three");
        assertThat(backlog.poll()).isEqualTo("one");
        backlog.add("four");
        assertThat(backlog).hasSize(3).containsExactly("two", "three", "four");
    }

    @Test
    void doesAsAnyOtherQueueDoes() {
        ArrayDeque<Integer> other = new ArrayDeque<>();
        Backlog<Integer> mine = new Backlog<>();
        Random random = new Random(42);
        for (int i = 0; i < 10_000; i++) {
            if (random.nextBoolean()) {
                other.add(i);
                mine.add(i);
            } else {
                assertThat(mine.poll()).isEqualTo(other.poll());
            }
            assertThat(mine.size()).isEqualTo(other.size());
            assertThat(mine.peek()).isEqualTo(other.peek());
            assertThat(mine.peekLast()).isEqualTo(other.peekLast());
        }
    }

    @Test
    void clearingLeavesNothing() {
        backlog.addAll(List.of("one", "two", "three"));

        backlog.clear();

        assertThat(backlog.size()).isZero();
    }
}
