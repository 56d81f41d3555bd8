package org.pekkochannels.example.auction;

import java.util.List;

/**
 * A frame for clients: {@code {"type": "bid", "value": {..}}}. Immutable.
 *
 * @param type {@code auction}, {@code bid}, {@code rejected} or {@code ended}
 * @param value a {@link State}, {@link PlacedBid}, {@link Rejected} or {@link Ended}
 */
record Reply(String type, Object value) {
    /** What a new client gets first: its name, the auction, its last bids in their order, and the time left on the server's clock. */
    record State(String you, Auction auction, List<PlacedBid> bids, long millisLeft) {}

    /** Why a bid of this client was rejected. */
    record Rejected(String reason) {}

    /** The result, which is final; the winner is empty if there was no bid. */
    record Ended(String winner, long price) {}

    static Reply state(String you, Auction auction, List<PlacedBid> bids, long now) {
        return new Reply("auction", new State(you, auction, bids, Math.max(0, auction.endsAt() - now)));
    }

    static Reply bid(PlacedBid bid) {
        return new Reply("bid", bid);
    }

    static Reply rejected(String reason) {
        return new Reply("rejected", new Rejected(reason));
    }

    static Reply ended(Auction auction) {
        return new Reply("ended", new Ended(auction.bidder(), auction.price()));
    }
}
