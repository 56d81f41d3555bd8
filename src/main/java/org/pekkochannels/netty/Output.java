package org.pekkochannels.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.websocket.Transport;

/**
 * What is written to a channel: gathered in one buffer until it is flushed, and counted until the kernel has it.
 *
 * <p>Confined to the channel's loop. Between flushes there is no buffer, so a connection that rests costs none.
 */
final class Output {
    // A buffer counts as unsent until the kernel has all of it: small enough for a slow peer to show progress in time.
    private static final int LARGEST_BUFFER = 64 * 1024;
    private static final int SMALLEST_BUFFER = 256;

    private final Channel channel;
    private @Nullable ByteBuf gathered;
    private boolean secured;
    // Without TLS nobody else writes to the channel: once the kernel has all, there is nothing to ask for.
    private boolean allTaken;
    private boolean aboveLowWater;
    // What was given at the last look, and by how much it had fallen at all looks together.
    private long seen;
    private long taken;
    // At most how much of that TLS has written by itself.
    private long answers;

    Output(Channel channel) {
        this.channel = channel;
    }

    /** TLS stands between this and the socket; before anything is written. */
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
            if (buffer.readableBytes() == LARGEST_BUFFER) {
                hand(buffer);
            }
        }
        aboveLowWater |= unsent() > Transport.LOW_WATER;
    }

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

    /** Bytes that the kernel has not taken, give or take what Netty counts for each buffer. */
    long unsent() {
        ByteBuf buffer = gathered;
        return (buffer == null ? 0 : buffer.readableBytes()) + (allTaken ? 0 : given());
    }

    /**
     * What the kernel has taken, as Netty counts it. That cannot be told from what was written and what is unsent, which
     * grows by more than was written.
     */
    long taken() {
        look();
        return taken;
    }

    /** How many of the unsent bytes are TLS's own: answers to the client's key updates. Zero without TLS. */
    long answers() {
        look();
        return answers;
    }

    /** Whether it has fallen to the low-water mark since it was above; true once for each time. */
    boolean hasDrained() {
        boolean drained = aboveLowWater && unsent() <= Transport.LOW_WATER;
        aboveLowWater &= !drained;
        return drained;
    }

    /** Gives up what was not flushed. */
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
            int capacity = Math.min(LARGEST_BUFFER, Math.max(SMALLEST_BUFFER, length));
            buffer = channel.alloc().directBuffer(capacity, LARGEST_BUFFER);
            gathered = buffer;
        }
        return buffer;
    }

    /** What Netty counts, what TLS holds included; notes whether that is nothing. */
    private long given() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long given = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        allTaken = given == 0 && !secured;
        return given;
    }

    /** Encrypted, the same text is longer: that is not an answer of TLS. */
    private void flushSecured() {
        look();
        channel.flush();
        long now = given();
        taken += Math.max(0, seen - now);
        seen = now;
    }

    /** Until more is given, what is given falls by nothing but what the kernel takes, and grows by what TLS answers. */
    private void look() {
        long now = given();
        taken += Math.max(0, seen - now);
        answers = Math.min(now, answers + Math.max(0, now - seen));
        seen = now;
    }

    /** A failure is told as the channel's. */
    private void hand(ByteBuf buffer) {
        look();
        gathered = null;
        // Netty tells inside write(..) that the channel has become unwritable. This buffer must count by then: else all
        // seems drained, and what follows a drain is written between the two parts of a message.
        allTaken = false;
        if (secured) {
            Future<?> unused = channel.write(buffer, channel.voidPromise());
        } else {
            // Straight to where the pipeline would bring it, as no handler of ours is on that way.
            channel.unsafe().write(buffer, channel.voidPromise());
        }
        seen = given();
    }
}
