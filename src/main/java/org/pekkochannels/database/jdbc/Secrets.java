package org.pekkochannels.database.jdbc;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The credentials of one database, to remove them from drivers' messages. Immutable. */
final class Secrets {
    private static final String MASK = "***";
    private static final Pattern PARAMETER = Pattern.compile("[?&;](?<key>[^=?&;]*)=(?<value>[^&;]*)");
    // jdbc:mysql://(host=h,user=u,password=p)/d, jdbc:mysql://address=(host=h)(user=u)(password=p)/d
    private static final Pattern IN_BRACKETS = Pattern.compile("[(,]\\s*(?<key>[^=?&;(),\\s]*)\\s*=(?<value>[^(),]*)");
    // jdbc:mysql://user:password@host, jdbc:oracle:thin:user/password@host
    private static final Pattern USER_INFO =
            Pattern.compile("^jdbc:[^@]*?(?://|thin:|oci:)(?<user>[^/:@]*)[/:](?<password>.*)@");

    private final Set<String> passwords = longestFirst();
    private final Set<String> users = longestFirst();

    Secrets(String jdbcUrl, String user, String password) {
        add(users, user);
        add(passwords, password);
        addParameters(PARAMETER.matcher(jdbcUrl));
        addParameters(IN_BRACKETS.matcher(jdbcUrl));
        addUserInfo(USER_INFO.matcher(jdbcUrl));
    }

    /** Whether a user is among them. */
    boolean haveUser() {
        return !users.isEmpty();
    }

    /** {@code failure} or, if it contains a secret, a copy without it. */
    SQLException withoutSecrets(SQLException failure) {
        if (!tells(failure)) {
            return failure;
        }
        SQLException clean = new SQLException(redact(text(failure)), failure.getSQLState(), failure.getErrorCode());
        clean.setStackTrace(failure.getStackTrace());
        return clean;
    }

    /** {@code text} with every secret replaced. */
    String redact(String text) {
        String redacted = text;
        for (String password : passwords) {
            redacted = redacted.replace(password, MASK);
        }
        for (String user : users) {
            redacted = word(user).matcher(redacted).replaceAll(Matcher.quoteReplacement(MASK));
        }
        return redacted;
    }

    // Causes and suppressed failures are checked too, because they would be logged with it.
    private boolean tells(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        String text = trace.toString();
        return !redact(text).equals(text);
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? "" : message;
    }

    private void addParameters(Matcher parameter) {
        while (parameter.find()) {
            String key = parameter.group("key").toLowerCase(Locale.ROOT);
            if (key.contains("pass") || key.contains("pwd") || key.contains("secret") || key.contains("token")) {
                addEncoded(passwords, parameter.group("value"));
            } else if (key.equals("user") || key.equals("username")) {
                addEncoded(users, parameter.group("value"));
            }
        }
    }

    private void addUserInfo(Matcher userInfo) {
        if (userInfo.find()) {
            addEncoded(users, userInfo.group("user"));
            addEncoded(passwords, userInfo.group("password"));
        }
    }

    private static void addEncoded(Set<String> secrets, String text) {
        add(secrets, text);
        try {
            add(secrets, URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            add(secrets, text);
        }
    }

    private static void add(Set<String> secrets, String text) {
        if (!text.isEmpty()) {
            secrets.add(text);
        }
    }

    // So that a secret which is a prefix of another does not cut it into pieces.
    private static Set<String> longestFirst() {
        return new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
    }

    // Users are often named like their database system: only whole words match, otherwise "postgresql" would be
    // affected.
    private static Pattern word(String user) {
        return Pattern.compile("(?<![\\p{Alnum}_])" + Pattern.quote(user) + "(?![\\p{Alnum}_])");
    }
}
