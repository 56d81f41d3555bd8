package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who does the same at five looks in a row is late, once for each deed. */
final class WatchdogTest {
    private final List<String> late = new ArrayList<>();
    private Optional<Integer> deed = Optional.empty();
    private final Watchdog<String> watchdog = new Watchdog<>(
            () -> List.of("somebody", "idle"), who -> who.equals("idle") ? Optional.empty() : deed, late::addAll);

    @Test
    void tellsOnceOfADeedThatLasts() {
        look(1, 4);
        assertThat(late).isEmpty();

        look(1, 100);

        assertThat(late).containsExactly("somebody");
    }

    @Test
    void tellsOfTheNextDeedToo() {
        look(1, 5);

        look(2, 5);

        assertThat(late).containsExactly("somebody", "somebody");
    }

    @Test
    void saysNothingWhileDeedsChange() {
        for (int next = 0; next < 100; next++) {
            look(next, 4);
        }

        assertThat(late).isEmpty();
    }

    @Test
    void beginsAgainAfterAPause() {
        look(1, 4);
        deed = Optional.empty();
        watchdog.look();

        look(1, 4);

        assertThat(late).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterAFailure(Planted planted) {
        AtomicBoolean failing = new AtomicBoolean(true);
        AtomicInteger deeds = new AtomicInteger(1);
        Watchdog<String> watchdog =
                new Watchdog<>(() -> List.of("subject"), subject -> Optional.of(deeds.get()), over -> {
                    if (failing.getAndSet(false)) {
                        planted.raise();
                    }
                    late.addAll(over);
                });

        for (int look = 0; look < 5; look++) {
            watchdog.look();
        }
        assertThat(late).isEmpty();

        deeds.set(2);
        for (int look = 0; look < 5; look++) {
            watchdog.look();
        }
        assertThat(late).containsExactly("subject");
    }

    private void look(int now, int times) {
        deed = Optional.of(now);
        for (int look = 0; look < times; look++) {
            watchdog.look();
        }
    }
}
