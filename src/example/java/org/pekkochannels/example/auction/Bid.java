package org.pekkochannels.example.auction;

/**
 * A client's message: {@code {"type": "bid", "amount": 42}}. Immutable.
 *
 * @param amount the offered price, from 1 to {@link #MAX_AMOUNT}
 */
record Bid(long amount) {
    /** Exact in JavaScript, with room for sums. */
    static final long MAX_AMOUNT = 1_000_000_000;

    /** Fails with {@link IllegalArgumentException}, whose message is for the client. */
    Bid {
        checkAmount("A bid", amount);
    }

    static void checkAmount(String what, long amount) {
        if (amount < 1 || amount > MAX_AMOUNT) {
            throw new IllegalArgumentException(what + " must be from 1 to " + MAX_AMOUNT + ", was " + amount + ".");
        }
    }
}
