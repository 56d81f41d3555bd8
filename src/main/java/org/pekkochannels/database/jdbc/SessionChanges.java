package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The changes that the statements of one callback have made to their session, and not undone. Confined to the callback's thread.
 *
 * <p>Only the beginning of a statement is examined: three letters of every statement, and more only of relevant ones. The effects of
 * functions and procedures are not seen, nor is anything after a semicolon.
 */
public final class SessionChanges {
    private static final String NAME = "[\\w.@$\"`]+";

    private static final String SET = "set\\s+(?!(?:local|transaction|constraints|statement|global|persist|persist_only"
            + "|password|default)\\b|@@global\\b|@@persist\\b|@@persist_only\\b)(?:session\\s+)?" + NAME;
    private static final String TEMPORARY = "create\\s+(?:or\\s+replace\\s+)?(?:(?:cached|memory|local)\\s+)*"
            + "temp(?:orary)?\\s+(?:table|view|sequence)\\s+(?:if\\s+not\\s+exists\\s+)?" + NAME
            + "(?![\\s\\S]*\\bon\\s+commit\\s+drop\\b)";
    private static final String COMMON = SET + "|use\\s+" + NAME;

    private static final Pattern POSTGRESQL = pattern(
            COMMON,
            TEMPORARY,
            "listen\\s+" + NAME,
            "load\\s",
            "declare\\s+" + NAME + "(?=[\\s\\S]*\\bwith\\s+hold\\b)",
            "prepare\\s+(?!transaction\\b)" + NAME);
    private static final Pattern MYSQL = pattern(
            COMMON,
            TEMPORARY,
            "lock\\s+(?:tables?|instance)\\b",
            "flush\\s+(?:local\\s+|no_write_to_binlog\\s+)?tables?\\b(?=[\\s\\S]*\\b(?:read\\s+lock|for\\s+export)\\b)",
            "handler\\s+" + NAME + "\\s+open\\b",
            "xa\\s+(?:start|begin)\\b",
            "prepare\\s+" + NAME);
    private static final Pattern SQLITE =
            pattern(COMMON, TEMPORARY, "begin\\b", "attach\\b", "pragma\\s+" + NAME + "(?=\\s*=)");
    private static final Pattern H2 = pattern(COMMON, TEMPORARY);
    private static final Pattern OTHER = pattern(COMMON, "alter\\s+session\\b");

    /** Undoes the effect of an earlier statement. */
    private static final Pattern UNDO = Pattern.compile("(?i)(?:(?<kind>reset|unlisten|deallocate(?:\\s+prepare)?"
            + "|drop\\s+(?:prepare|(?:temporary\\s+)?(?:table|view|sequence)(?:\\s+if\\s+exists)?))\\s+(?<name>" + NAME
            + "|\\*)|discard\\s+(?<everything>all)\\b|(?<tables>unlock\\s+tables?)|(?<end>commit|end|rollback)\\b)");

    // The first three letters, as lower-case bytes of an int.
    private static final int SET_ = 's' << 16 | 'e' << 8 | 't';
    private static final int USE = 'u' << 16 | 's' << 8 | 'e';
    private static final int CREATE = 'c' << 16 | 'r' << 8 | 'e';
    private static final int LISTEN = 'l' << 16 | 'i' << 8 | 's';
    private static final int LOAD = 'l' << 16 | 'o' << 8 | 'a';
    private static final int LOCK = 'l' << 16 | 'o' << 8 | 'c';
    private static final int DECLARE = 'd' << 16 | 'e' << 8 | 'c';
    private static final int PREPARE = 'p' << 16 | 'r' << 8 | 'e';
    private static final int PRAGMA = 'p' << 16 | 'r' << 8 | 'a';
    private static final int FLUSH = 'f' << 16 | 'l' << 8 | 'u';
    private static final int HANDLER = 'h' << 16 | 'a' << 8 | 'n';
    private static final int XA = 'x' << 16 | 'a' << 8 | ' ';
    private static final int BEGIN = 'b' << 16 | 'e' << 8 | 'g';
    private static final int ATTACH = 'a' << 16 | 't' << 8 | 't';
    private static final int COMMIT = 'c' << 16 | 'o' << 8 | 'm';
    private static final int END_ = 'e' << 16 | 'n' << 8 | 'd';
    private static final int ROLLBACK = 'r' << 16 | 'o' << 8 | 'l';
    private static final int ABORT = 'a' << 16 | 'b' << 8 | 'o';
    private static final int ALTER = 'a' << 16 | 'l' << 8 | 't';

    /** Ends a transaction, or a part of it, which JDBI does not notice. */
    private static final Pattern END = Pattern.compile("(?i)(?:commit|end|rollback|abort)\\b");

    private Set<String> kept = Set.of();
    private boolean ended;

    /** The current changes, each as the beginning of its statement, without values. */
    public Set<String> all() {
        return kept;
    }

    /** Whether a transaction was begun through SQL and has not ended, if only its statements show it. */
    public boolean isBegun() {
        return kept.contains("begin");
    }

    public boolean isEmpty() {
        return kept.isEmpty();
    }

    /** Examines a statement that is about to be executed. */
    public void look(String sql, Connection connection) throws SQLException {
        int at = start(sql);
        if (mayChange(sql, at)) {
            change(sql.substring(at), connection);
        } else {
            ended |= mayEnd(sql, at) && END.matcher(sql.substring(at)).lookingAt();
            if (!kept.isEmpty()) {
                undo(sql.substring(at));
            }
        }
    }

    /** A transaction begins. */
    public void beginTransaction() {
        ended = false;
    }

    /** Whether a statement since then has ended a transaction, or rolled a part of it back. */
    public boolean hasEnded() {
        return ended;
    }

    private static boolean mayEnd(String sql, int at) {
        return switch (letters(sql, at)) {
            case COMMIT, END_, ROLLBACK, ABORT -> true;
            default -> false;
        };
    }

    private static boolean mayChange(String sql, int at) {
        return switch (letters(sql, at)) {
            case SET_,
                    USE,
                    CREATE,
                    LISTEN,
                    LOAD,
                    LOCK,
                    DECLARE,
                    PREPARE,
                    PRAGMA,
                    FLUSH,
                    HANDLER,
                    XA,
                    BEGIN,
                    ATTACH,
                    ALTER -> true;
            default -> false;
        };
    }

    private void change(String sql, Connection connection) throws SQLException {
        Matcher begun = pattern(Vendor.of(connection)).matcher(sql);
        if (begun.lookingAt() && !isOurs(sql, connection)) {
            if (kept.isEmpty()) {
                kept = new LinkedHashSet<>();
            }
            kept.add(begun.group()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("\\s+", " ")
                    .strip());
        }
    }

    /** SQLite's {@code begin immediate} inside a transaction of JDBC, which JDBI ends. */
    private static boolean isOurs(String sql, Connection connection) throws SQLException {
        return letters(sql, 0) == BEGIN && !connection.getAutoCommit();
    }

    private void undo(String sql) {
        Matcher undo = UNDO.matcher(sql);
        if (!undo.lookingAt()) {
            return;
        }
        if (undo.group("everything") != null) {
            kept.clear();
        } else if (undo.group("tables") != null) {
            kept.removeIf(change -> change.startsWith("lock ") || change.startsWith("flush "));
        } else if (undo.group("end") != null) {
            kept.removeIf(change -> change.startsWith("begin"));
        } else {
            undo(undo.group("kind").toLowerCase(Locale.ROOT), undo.group("name").toLowerCase(Locale.ROOT));
        }
    }

    private void undo(String kind, String name) {
        String first = switch (kind.startsWith("drop prepare") ? 'p' : kind.charAt(0)) {
            case 'r' -> "set ";
            case 'u' -> "listen ";
            case 'p' -> "prepare ";
            default -> kind.startsWith("deallocate") ? "prepare " : "create ";
        };
        boolean all = name.equals("*") || name.equals("all");
        kept.removeIf(change -> change.startsWith(first) && (all || change.endsWith(" " + name)));
    }

    private static Pattern pattern(Vendor vendor) {
        return switch (vendor) {
            case POSTGRESQL -> POSTGRESQL;
            case MARIADB, MYSQL -> MYSQL;
            case SQLITE -> SQLITE;
            case H2 -> H2;
            case OTHER -> OTHER;
        };
    }

    private static Pattern pattern(String... alternatives) {
        return Pattern.compile("(?i)(?:" + String.join("|", alternatives) + ")");
    }

    private static int letters(String sql, int at) {
        return at + 2 < sql.length()
                ? lower(sql.charAt(at)) << 16 | lower(sql.charAt(at + 1)) << 8 | lower(sql.charAt(at + 2))
                : 0;
    }

    private static int lower(char letter) {
        return letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
    }

    /** The index of the first word, after whitespace and comments. */
    private static int start(String sql) {
        int at = 0;
        while (at < sql.length()) {
            char next = sql.charAt(at);
            if (sql.startsWith("--", at)) {
                at = end(sql, "\n", at);
            } else if (sql.startsWith("/*", at)) {
                at = end(sql, "*/", at);
            } else if (next <= ' ' || next == ';') {
                at++;
            } else {
                return at;
            }
        }
        return at;
    }

    private static int end(String sql, String mark, int from) {
        int at = sql.indexOf(mark, from + 2);
        return at < 0 ? sql.length() : at + mark.length();
    }
}
