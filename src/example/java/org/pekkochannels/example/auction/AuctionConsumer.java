package org.pekkochannels.example.auction;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.Refusal;

/**
 * One visitor of one auction: places bids, and receives all bids in the order of their commits.
 *
 * <p>The auction's row decides: a bid is checked against it under a lock, and its time of end holds whether or not a client is connected.
 * The timer of each connection only announces the end.
 */
public final class AuctionConsumer extends WebSocketConsumer {
    /** The number of bids that a new client gets. */
    static final int HISTORY = 50;

    private final String id = scope().pathParameter("id", UUID.class).toString();
    private final String name = scope().attribute(Bidder.NAME).orElseThrow();
    private final Group visitors = group(GroupName.of("auction", id));
    /** The number of the last bid that the client has. */
    private int shown;

    /**
     * A consumer for one connection, behind {@link Bidder#required()}.
     *
     * @param context the context
     */
    public AuctionConsumer(ConsumerContext context) {
        super(context);
        onMessage("bid", Bid.class, this::bid);
        on("auction.bid", PlacedBid.class, this::show);
    }

    private record Found(Auction auction, List<PlacedBid> bids) {}

    /** Joins before it reads, so that no bid is missed. */
    @Override
    protected CompletionStage<?> connect() {
        return visitors.add()
                .thenCompose(joined -> database().withHandle(this::find))
                .thenCompose(found -> found.<CompletionStage<?>>map(this::welcome)
                        .orElseGet(() -> refuse(Refusal.of(404, "unknown auction"))));
    }

    private CompletionStage<?> bid(Bid bid) {
        return database().useTransaction(handle -> {
            Auction auction = Auctions.lock(handle, id);
            long now = System.currentTimeMillis(); // after the lock, which may have taken its time
            Optional<String> refusal = auction.refusal(bid, now);
            if (refusal.isPresent()) {
                sendJsonAfterCommit(handle, Reply.rejected(refusal.get()));
            } else {
                visitors.sendAfterCommit(handle, "auction.bid", Auctions.place(handle, auction, name, bid, now));
            }
        });
    }

    /** Reports what is wrong with a bid. */
    @Override
    protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
        return sendJson(Reply.rejected(String.valueOf(refusal.getMessage())));
    }

    private Optional<Found> find(Handle handle) {
        return Auctions.find(handle, id)
                .map(auction ->
                        new Found(auction, Auctions.bids(handle, id, auction.bids() - HISTORY, auction.bids())));
    }

    private CompletionStage<?> welcome(Found found) {
        accept();
        shown = found.auction().bids();
        sendJson(Reply.state(name, found.auction(), found.bids(), System.currentTimeMillis()));
        return awaitEnd(found.auction());
    }

    /**
     * Bids have numbers without gaps. The events of two commits may arrive in the other order, and events are dropped if too many wait. A
     * later number than the next one shows it, and all bids before it are committed.
     */
    private CompletionStage<?> show(PlacedBid bid) {
        if (bid.number() <= shown) {
            return done();
        }
        return bid.number() == shown + 1 ? showNext(bid) : catchUp(bid.number());
    }

    private CompletionStage<?> showNext(PlacedBid bid) {
        shown = bid.number();
        return sendJson(Reply.bid(bid));
    }

    private CompletionStage<?> catchUp(int last) {
        int first = shown;
        return database()
                .withHandle(handle -> Auctions.bids(handle, id, first, last))
                .thenAccept(bids -> bids.forEach(this::showNext));
    }

    private CompletionStage<?> awaitEnd(Auction auction) {
        long left = auction.endsAt() - System.currentTimeMillis();
        after(Duration.ofMillis(Math.max(1, left)), this::end);
        return done();
    }

    /** The lock waits for a bid that was in time and is not committed yet. Later bids find the end in the row. */
    private CompletionStage<?> end() {
        return database().inTransaction(handle -> Auctions.lock(handle, id)).thenCompose(this::announceEnd);
    }

    private CompletionStage<?> announceEnd(Auction auction) {
        return auction.isOver(System.currentTimeMillis())
                ? catchUp(auction.bids()).thenCompose(shownAll -> sendJson(Reply.ended(auction)))
                : awaitEnd(auction); // the system's clock was set back
    }
}
