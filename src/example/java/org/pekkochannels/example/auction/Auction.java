package org.pekkochannels.example.auction;

import java.util.Optional;

/**
 * One auction, as a row of its table. Immutable.
 *
 * @param id a UUID
 * @param title what is sold
 * @param seller the name of the visitor that started it
 * @param price the highest bid; before the first one, the lowest that is accepted
 * @param bidder the name of the highest bidder, empty before the first bid
 * @param bids the number of bids, which is also the number of the last one
 * @param endsAt the time of its end, in milliseconds since 1970
 */
record Auction(String id, String title, String seller, long price, String bidder, int bids, long endsAt) {
    long minimum() {
        return bids == 0 ? price : price + 1;
    }

    boolean isOver(long now) {
        return now >= endsAt;
    }

    /** Why a bid is rejected, for the bidder; empty if it is accepted. */
    Optional<String> refusal(Bid bid, long now) {
        if (isOver(now)) {
            return Optional.of("The auction is over.");
        }
        return bid.amount() < minimum()
                ? Optional.of("The next bid must be at least " + minimum() + ".")
                : Optional.empty();
    }
}
