package org.pekkochannels.database.jdbc;

import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;

/**
 * The message of a failed statement for the log: the driver's or JDBI's message, and the statement, without its bound values. Stateless.
 */
public final class StatementMessage {
    private static final int MOST_SQL = 1000;

    // JDBI's own messages, before it calls the driver.
    private static final Pattern MISSING =
            Pattern.compile("^(Missing \\w+ parameter .*?) in binding:.*", Pattern.DOTALL);
    private static final Pattern SUPERFLUOUS =
            Pattern.compile("^(Superfluous .*? the query declares none): '.*'(\\. This check .*)?$", Pattern.DOTALL);
    private static final Pattern NO_ARGUMENT =
            Pattern.compile("(No argument factory registered for )'.*'( of qualified type )", Pattern.DOTALL);

    private StatementMessage() {}

    /** Renders the message, for JDBI. */
    public static String of(StatementException failure) {
        StatementContext context = failure.getStatementContext();
        String sql = context == null ? null : context.getRawSql();
        String words = withoutValues(String.valueOf(failure.getShortMessage()));
        if (sql == null) {
            return words;
        }
        String shown = sql.length() <= MOST_SQL ? sql : sql.substring(0, MOST_SQL) + "[...]";
        return words + " [statement:\"" + shown + "\"]";
    }

    private static String withoutValues(String words) {
        String named = MISSING.matcher(words).replaceFirst("$1 among those that are bound");
        String declared = SUPERFLUOUS.matcher(named).replaceFirst("$1");
        return NO_ARGUMENT.matcher(declared).replaceAll("$1a value$2");
    }
}
