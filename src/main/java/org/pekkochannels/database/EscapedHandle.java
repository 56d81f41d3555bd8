package org.pekkochannels.database;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.stream.BaseStream;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Explains the failure when a handle is used after its callback. Thread-safe.
 *
 * <p>JDBI would only report that the connection is closed. A closed handle gets this object as its statement builder, which costs an open
 * one nothing. If the JDBI is ours, {@link JdbiTransactions} check for it before they begin.
 */
enum EscapedHandle implements StatementBuilder {
    /** Rejects every statement. */
    STATEMENTS;

    /** Explains the failure and the alternative. */
    static IllegalStateException explained() {
        return new IllegalStateException("handle used after its callback: it lives inside one callback of one message"
                + " and was closed when that ended; do the work inside withHandle or inTransaction, and return rows"
                + " (list(), one()), never the handle, a DAO attached to it, or an iterator or stream of its results");
    }

    /**
     * Rejects a result that cannot be used after its callback.
     *
     * @param result what the callback of a database call returned
     * @param reading whether a statement is open; a stream over a list may leave the callback
     * @throws IllegalStateException if it reads rows through the handle, or is a stage, which would not be waited for
     */
    static void refuse(@Nullable Object result, boolean reading) {
        if (reading && (result instanceof BaseStream || result instanceof Iterator)) {
            throw explained();
        } else if (result instanceof CompletionStage) {
            throw new IllegalStateException(
                    "the callback of a database call returned a stage, which would not be waited for;"
                            + " return rows from withHandle or inTransaction, and continue with thenCompose(..) outside of it");
        }
    }

    @Override
    public Statement create(Connection connection, StatementContext context) {
        throw explained();
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) {
        throw explained();
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context) {
        throw explained();
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        statement.close();
    }
}
