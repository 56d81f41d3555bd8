package org.pekkochannels.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * One buffer and one read counter for all sockets of a loop, whose bytes are copied out of the buffer at once; so an idle connection has
 * neither.
 *
 * <p>Only for transports that read immediately after requesting the buffer, and for sockets without TLS, which may keep the buffer.
 * Confined to the loop.
 */
final class SharedReads extends DefaultMaxMessagesRecvByteBufAllocator {
    private final ByteBuf buffer;
    private final SharedHandle handle = new SharedHandle();

    /** Allocates a buffer of this size, outside the pool, so that its memory is freed with this object. */
    SharedReads(int capacity) {
        buffer = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(capacity));
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own interface demands it still.
    public Handle newHandle() {
        return handle;
    }

    private final class SharedHandle extends MaxMessageHandle {
        /** Retained once more for each read, because the transport releases what it has read; the count never falls to zero. */
        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return buffer.clear().retain();
        }

        /** Netty adapts its guess to past reads, per connection. Here the buffer exists already, and its size is the best guess. */
        @Override
        public int guess() {
            return buffer.capacity();
        }
    }
}
