package org.pekkochannels.websocket;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A date that moves with a conversation's ticker, from the epoch on. */
final class ConversationClock extends Clock {
    private final LongSupplier ticker;
    private final long start;

    ConversationClock(LongSupplier ticker) {
        this.ticker = ticker;
        start = ticker.getAsLong();
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(ticker.getAsLong() - start);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("one zone is enough");
    }
}
