package org.pekkochannels.layer.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Position;

/** One row of the log as it was read. Immutable. */
final class LogRow {
    final long id;
    /** When it was written, by the server's clock, in microseconds. */
    final long sentMicros;

    final @Nullable String node;
    final String target;
    final @Nullable String excluded;
    final String type;
    /** Null if it is so large that it is read by itself. */
    final byte @Nullable [] payload;

    final boolean kept;
    final @Nullable String epoch;
    /** Its number in the history of its group; 0 without one. */
    final long position;

    LogRow(ResultSet row) throws SQLException {
        id = row.getLong("id");
        sentMicros = row.getLong("sent");
        node = row.getString("node");
        target = row.getString("target");
        excluded = row.getString("excluded");
        type = row.getString("type");
        payload = row.getBytes("payload");
        kept = row.getBoolean("kept");
        epoch = row.getString("epoch");
        position = row.getLong("position");
    }

    /** Whether the transaction that wrote it could not number it. */
    boolean isUnnumbered() {
        return kept && position == 0;
    }

    /** Whether it is for nodes, not for channels. */
    boolean isOfSystem() {
        return target.startsWith("!");
    }

    Position position() {
        return GroupPlace.position(String.valueOf(epoch), position);
    }

    Position before() {
        return GroupPlace.position(String.valueOf(epoch), position - 1);
    }
}
