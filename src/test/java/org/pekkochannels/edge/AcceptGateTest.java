package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;

class AcceptGateTest {
    private final AtomicInteger free = new AtomicInteger();
    private final AcceptGate gate = new AcceptGate(free::get);

    @Test
    void keeps32DescriptorsAndLogsOneLineForEachRefusal() {
        try (RecordedLog log = new RecordedLog(AcceptGate.class.getName())) {
            free.set(32);

            assertThat(gate.mayAccept()).isFalse();
            assertThat(gate.mayAccept()).isFalse();

            assertThat(log.soFar("no connection is accepted for 1 s, because at most 32 file descriptors are left"))
                    .hasSize(2);
        }
    }

    @Test
    void acceptsAgainWhenDescriptorsAreFree() {
        assertThat(gate.mayAccept()).isFalse();
        free.set(33);

        assertThat(gate.mayAccept()).isTrue();
    }

    @Test
    void acceptsAtMostHalfOfWhatWasLeftWithoutAnotherLook() {
        free.set(32 + 20);
        assertThat(gate.mayAccept()).isTrue();
        free.set(0);

        assertThat(IntStream.range(0, 20).filter(i -> gate.mayAccept()).count()).isLessThan(10);
    }
}
