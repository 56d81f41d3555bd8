package org.pekkochannels.example.auction;

/**
 * An accepted bid: a row, and the payload of an event. Immutable.
 *
 * @param number counts the bids of an auction from 1, without gaps
 * @param bidder the bidder's name
 * @param amount the offered price
 * @param placedAt the time, in milliseconds since 1970
 */
record PlacedBid(int number, String bidder, long amount, long placedAt) {}
