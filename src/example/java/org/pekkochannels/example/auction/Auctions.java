package org.pekkochannels.example.auction;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * The stored auctions and their bids, in SQL that H2, PostgreSQL, MariaDB, MySQL and SQLite accept. The application makes all keys, as the
 * dialects differ in generated ones. Use it on the database dispatcher only.
 */
public final class Auctions {
    private Auctions() {}

    /**
     * Creates missing tables.
     *
     * @param handle a handle
     */
    public static void createTables(Handle handle) {
        handle.execute("""
                create table if not exists auction (
                    id varchar(36) primary key,
                    title varchar(200) not null,
                    seller varchar(100) not null,
                    price bigint not null,
                    bidder varchar(100) not null,
                    bids int not null,
                    ends_at bigint not null)
                """);
        handle.execute("""
                create table if not exists auction_bid (
                    auction_id varchar(36) not null,
                    number int not null,
                    bidder varchar(100) not null,
                    amount bigint not null,
                    placed_at bigint not null,
                    primary key (auction_id, number))
                """);
    }

    static Auction start(Handle handle, NewAuction terms, String seller, long now) {
        Auction auction = new Auction(
                UUID.randomUUID().toString(),
                terms.title(),
                seller,
                terms.price(),
                "",
                0,
                now + terms.seconds() * 1000);
        handle.execute(
                "insert into auction (id, title, seller, price, bidder, bids, ends_at) values (?, ?, ?, ?, ?, ?, ?)",
                auction.id(),
                auction.title(),
                seller,
                auction.price(),
                auction.bidder(),
                auction.bids(),
                auction.endsAt());
        return auction;
    }

    static Optional<Auction> find(Handle handle, String id) {
        return handle.select("select * from auction where id = ?", id)
                .map(ConstructorMapper.of(Auction.class))
                .findOne();
    }

    /** Those that end or ended last. */
    static List<Auction> latest(Handle handle, int limit) {
        return handle.select("select * from auction order by ends_at desc limit ?", limit)
                .map(ConstructorMapper.of(Auction.class))
                .list();
    }

    /** The auction, whose row stays locked until the transaction ends: bids on it are checked and stored one after another. */
    static Auction lock(Handle handle, String id) throws SQLException {
        return handle.select("select * from auction where id = ?" + forUpdate(handle), id)
                .map(ConstructorMapper.of(Auction.class))
                .one();
    }

    /** Stores a bid that the locked auction accepts. */
    static PlacedBid place(Handle handle, Auction auction, String bidder, Bid bid, long now) {
        PlacedBid placed = new PlacedBid(auction.bids() + 1, bidder, bid.amount(), now);
        handle.execute(
                "insert into auction_bid (auction_id, number, bidder, amount, placed_at) values (?, ?, ?, ?, ?)",
                auction.id(),
                placed.number(),
                bidder,
                placed.amount(),
                now);
        handle.execute(
                "update auction set price = ?, bidder = ?, bids = ? where id = ?",
                placed.amount(),
                bidder,
                placed.number(),
                auction.id());
        return placed;
    }

    /** The bids with numbers above one and up to another, in their order. */
    static List<PlacedBid> bids(Handle handle, String id, int above, int upTo) {
        return handle.select("""
                        select number, bidder, amount, placed_at from auction_bid
                        where auction_id = ? and number > ? and number <= ? order by number
                        """, id, above, upTo)
                .map(ConstructorMapper.of(PlacedBid.class))
                .list();
    }

    /** SQLite has no row locks and does not know the clause: its transactions lock the whole database when they begin. */
    private static String forUpdate(Handle handle) throws SQLException {
        String product = handle.getConnection().getMetaData().getDatabaseProductName();
        return product.equals("SQLite") ? "" : " for update";
    }
}
