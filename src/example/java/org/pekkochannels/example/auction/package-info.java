/**
 * Auctions: each bid is checked and stored in a transaction, and sent to all visitors after its commit.
 *
 * <p>Read {@code AuctionConsumer} first: commands by name, a row lock, events that are sent after the commit, and a timer.
 */
@NullMarked
package org.pekkochannels.example.auction;

import org.jspecify.annotations.NullMarked;
