package org.pekkochannels.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * One buffer, and one account of what is read, for all of a loop's sockets, whose bytes are copied out of it at once: a
 * connection that rests has neither.
 *
 * <p>Only for transports that read when they have asked for the buffer, and for sockets without TLS, which may keep it.
 * Confined to the loop.
 */
final class SharedReads extends DefaultMaxMessagesRecvByteBufAllocator {
    private final ByteBuf buffer;
    private final SharedHandle handle = new SharedHandle();

    /** So many bytes at once, of memory that is freed together with this. */
    SharedReads(int capacity) {
        buffer = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(capacity));
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own interface demands it still.
    public Handle newHandle() {
        return handle;
    }

    private final class SharedHandle extends MaxMessageHandle {
        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return buffer.clear().retain();
        }

        @Override
        public int guess() {
            return buffer.capacity();
        }
    }
}
