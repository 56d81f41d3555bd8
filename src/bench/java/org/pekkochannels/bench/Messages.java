package org.pekkochannels.bench;

import java.sql.Timestamp;
import org.jdbi.v3.core.Handle;

/** The database work of both servers: the same statements, written once. */
public final class Messages {
    /** What an embedded database needs in place of PostgreSQL's function. */
    private static final String SLEEP =
            "CREATE ALIAS IF NOT EXISTS pg_sleep FOR 'org.pekkochannels.bench.Messages.sleep'";

    private static final String TABLE = "CREATE TABLE IF NOT EXISTS message ("
            + "id bigserial PRIMARY KEY, room text NOT NULL, body text NOT NULL,"
            + " created timestamp with time zone NOT NULL DEFAULT now())";

    private Messages() {}

    /** One row. */
    record Row(long id, String room, String body, Timestamp created) {}

    static void create(Handle handle, String url) {
        if (url.startsWith("jdbc:h2:")) {
            handle.execute(SLEEP);
        }
        handle.execute(TABLE);
    }

    /** Two statements on one handle, autocommit: an INSERT, and the SELECT of the newest row of the room. */
    static Saved insertAndRead(Handle handle, String body) {
        handle.createUpdate("INSERT INTO message(room, body) VALUES (:room, :body)")
                .bind("room", "bench")
                .bind("body", body)
                .execute();
        Row newest = handle.createQuery(
                        "SELECT id, room, body, created FROM message WHERE room = :room" + " ORDER BY id DESC LIMIT 1")
                .bind("room", "bench")
                .map((row, context) -> new Row(row.getLong(1), row.getString(2), row.getString(3), row.getTimestamp(4)))
                .one();
        return new Saved(newest.id());
    }

    static String slow(Handle handle, String said) {
        handle.createQuery("SELECT pg_sleep(0.05)").map((row, context) -> said).one();
        return said;
    }

    /**
     * PostgreSQL's {@code pg_sleep} for H2.
     *
     * @param seconds how long
     * @return always true
     * @throws InterruptedException when the thread is interrupted
     */
    public static boolean sleep(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1000));
        return true;
    }
}
