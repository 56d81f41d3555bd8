package org.pekkochannels.bench;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How many texts the receiving node has, in a file that processes share as memory: a sender sees it without a message. Thread-safe. */
final class Counters {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int SIZE = 64;

    private final ByteBuffer memory;

    private Counters(ByteBuffer memory) {
        this.memory = memory;
    }

    static Counters open(String file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                Path.of(file), StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            return new Counters(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
        }
    }

    void received(long count) {
        LONGS.setRelease(memory, 0, count);
    }

    long received() {
        return (long) LONGS.getAcquire(memory, 0);
    }
}
