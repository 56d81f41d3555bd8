package org.pekkochannels.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;

/**
 * The output of a channel: collected in one buffer until it is flushed, and counted as unsent until the kernel has taken it.
 *
 * <p>Bytes pass three places: the buffer here, Netty's outbound buffer (with TLS, also the SSL handler's queue), the kernel.
 * {@link #unsent} is the sum of the first two; {@link #taken} counts what has left them. Confined to the channel's loop. There is no buffer
 * between flushes, so an idle connection has none.
 */
final class Output {
    // A buffer counts as unsent until the kernel has taken all of it. This size lets a slow peer show progress in time.
    private static final int LARGEST_BUFFER = 64 * 1024;
    private static final int SMALLEST_BUFFER = 256;

    private final Channel channel;
    private @Nullable ByteBuf gathered;
    private boolean secured;
    // Without TLS this is the only writer to the channel: once the kernel has taken everything, Netty's counter need
    // not be read.
    private boolean allTaken;
    private boolean aboveLowWater;
    // Netty's counter at the last reading, and the sum of its decreases over all readings. It is read before each
    // change
    // of ours, so that a decrease in between is not hidden by an increase.
    private long seen;
    private long taken;
    // An upper bound of the bytes in it that TLS has written by itself.
    private long answers;

    Output(Channel channel) {
        this.channel = channel;
    }

    /** Marks that TLS is in use; called before anything is written. */
    void secured() {
        secured = true;
    }

    void write(byte[] bytes, int offset, int length) {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            ByteBuf buffer = buffer(end - at);
            int count = Math.min(end - at, LARGEST_BUFFER - buffer.readableBytes());
            buffer.writeBytes(bytes, at, count);
            at += count;
            // Netty gets a full buffer at once, but sends it with the next flush.
            if (buffer.readableBytes() == LARGEST_BUFFER) {
                hand(buffer);
            }
        }
        aboveLowWater |= unsent() > Transport.LOW_WATER;
    }

    /** Also without a buffer here: full ones were passed to Netty before, and wait for this call. */
    void flush() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            hand(buffer);
        }
        if (secured) {
            flushSecured();
        } else {
            channel.unsafe().flush();
        }
    }

    /** The bytes that the kernel has not taken, plus Netty's overhead per buffer. */
    long unsent() {
        ByteBuf buffer = gathered;
        return (buffer == null ? 0 : buffer.readableBytes()) + (allTaken ? 0 : given());
    }

    /**
     * The bytes that the kernel has taken, by Netty's count. It cannot be computed from written and unsent bytes, because Netty adds an
     * overhead to the latter.
     */
    long taken() {
        look();
        return taken;
    }

    /** How many unsent bytes TLS has written by itself: answers to the client's key updates. Zero without TLS. */
    long answers() {
        look();
        return answers;
    }

    /** Whether the output has fallen to the low-water mark after being above it; true once per occasion. */
    boolean hasDrained() {
        boolean drained = aboveLowWater && unsent() <= Transport.LOW_WATER;
        aboveLowWater &= !drained;
        return drained;
    }

    /** Drops the output that was not flushed. */
    void drop() {
        ByteBuf buffer = gathered;
        gathered = null;
        if (buffer != null) {
            buffer.release();
        }
    }

    private ByteBuf buffer(int length) {
        ByteBuf buffer = gathered;
        if (buffer == null) {
            // As large as its first write, in general the only one of the pass; it grows for further ones.
            int capacity = Math.min(LARGEST_BUFFER, Math.max(SMALLEST_BUFFER, length));
            buffer = channel.alloc().directBuffer(capacity, LARGEST_BUFFER);
            gathered = buffer;
        }
        return buffer;
    }

    /** Netty's counter, including what TLS holds; notes whether it is zero. */
    private long given() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long given = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        allTaken = given == 0 && !secured;
        return given;
    }

    /** Encryption makes the same text longer. That growth must not count as an answer of TLS, so only decreases are read here. */
    private void flushSecured() {
        look();
        channel.flush();
        long now = given();
        taken += Math.max(0, seen - now);
        seen = now;
    }

    /** Between writes, the counter decreases only by what the kernel takes, and increases only by what TLS answers. */
    private void look() {
        long now = given();
        taken += Math.max(0, seen - now);
        answers = Math.min(now, answers + Math.max(0, now - seen));
        seen = now;
    }

    /** Passes a buffer to Netty. A failure is reported as the channel's. */
    private void hand(ByteBuf buffer) {
        look();
        gathered = null;
        // Inside write(..) Netty reports that the channel has become unwritable. This buffer must already count then.
        // Otherwise the output would seem drained, and later output would be written between the two parts of a
        // message.
        allTaken = false;
        if (secured) {
            Future<?> unused = channel.write(buffer, channel.voidPromise());
        } else {
            // Directly to the end of the pipeline, because no handler between would change the write.
            channel.unsafe().write(buffer, channel.voidPromise());
        }
        seen = given();
    }
}
