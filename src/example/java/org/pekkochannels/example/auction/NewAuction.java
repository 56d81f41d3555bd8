package org.pekkochannels.example.auction;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.example.Text;

/**
 * The request that starts an auction: {@code {"title": "A lamp", "price": 10, "seconds": 300}}. Immutable.
 *
 * @param title what is sold, at most {@link #MAX_TITLE} characters
 * @param price the lowest first bid
 * @param seconds the time until the end, at most {@link #MAX_SECONDS}
 */
record NewAuction(String title, long price, long seconds) {
    /** One or two lines on a phone. */
    static final int MAX_TITLE = 80;
    /** A week. A consumer's timer runs for at most 24 days. */
    static final long MAX_SECONDS = 7 * 24 * 60 * 60;

    /** Fails with {@link IllegalArgumentException}, whose message is for the client. */
    NewAuction {
        Text.checkLength("a title", title, MAX_TITLE);
        if (title.isEmpty()) {
            throw new IllegalArgumentException("A title is required.");
        }
        Bid.checkAmount("A price", price);
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw new IllegalArgumentException("seconds must be from 1 to " + MAX_SECONDS + ", was " + seconds + ".");
        }
    }

    @JsonCreator
    static NewAuction of(
            @JsonProperty("title") @Nullable String title,
            @JsonProperty(value = "price", required = true) long price,
            @JsonProperty(value = "seconds", required = true) long seconds) {
        return new NewAuction(Text.storable(title).strip(), price, seconds);
    }
}
