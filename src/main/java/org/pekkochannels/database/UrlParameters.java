package org.pekkochannels.database;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a platform's URL in the words of the JDBC driver; confined to one thread.
 *
 * <p>{@code postgres://} carries the parameters of libpq, {@code mysql://} and {@code mariadb://} those of MySQL's client and of
 * drivers for other languages. JDBC drivers ignore what they do not know, so an untranslated {@code ssl-mode=REQUIRED} would
 * turn TLS off without a word. Parameters without a translation stay as they are: the driver may know them.
 */
final class UrlParameters {
    // https://www.postgresql.org/docs/current/libpq-connect.html, "Parameter Key Words".
    private static final Map<String, String> LIBPQ = Map.of(
            "application_name", "ApplicationName",
            "channel_binding", "channelBinding",
            "connect_timeout", "connectTimeout",
            "gssencmode", "gssEncMode",
            "keepalives", "tcpKeepAlive",
            "load_balance_hosts", "loadBalanceHosts",
            "require_auth", "requireAuth",
            "sslnegotiation", "sslNegotiation",
            "target_session_attrs", "targetServerType");

    private static final Map<String, String> LIBPQ_VALUES = Map.of(
            "tcpKeepAlive=1", "true",
            "tcpKeepAlive=0", "false",
            "loadBalanceHosts=random", "true",
            "loadBalanceHosts=disable", "false",
            "targetServerType=read-write", "primary",
            "targetServerType=read-only", "secondary",
            "targetServerType=standby", "secondary",
            "targetServerType=prefer-standby", "preferSecondary");

    private final Scheme scheme;
    private final List<String> translated = new ArrayList<>();
    private Tls tls = Tls.UNSAID;

    /** What the URL is for. */
    private enum Scheme {
        POSTGRESQL,
        MYSQL,
        MARIADB
    }

    /**
     * What is asked of TLS, from the weakest on, in the words of PostgreSQL's, MySQL's and MariaDB's driver. The last one cannot
     * try TLS and go on without, so it is asked for the next stronger one.
     */
    private enum Tls {
        UNSAID("", "", ""),
        OFF("sslmode=disable", "sslMode=DISABLED", "sslMode=disable"),
        PREFERRED("sslmode=prefer", "sslMode=PREFERRED", "sslMode=trust"),
        REQUIRED("sslmode=require", "sslMode=REQUIRED", "sslMode=trust"),
        AUTHORITY("sslmode=verify-ca", "sslMode=VERIFY_CA", "sslMode=verify-ca"),
        IDENTITY("sslmode=verify-full", "sslMode=VERIFY_IDENTITY", "sslMode=verify-full");

        private final String postgresql;
        private final String mysql;
        private final String mariadb;

        Tls(String postgresql, String mysql, String mariadb) {
            this.postgresql = postgresql;
            this.mysql = mysql;
            this.mariadb = mariadb;
        }

        String parameter(Scheme scheme) {
            return switch (scheme) {
                case POSTGRESQL -> postgresql;
                case MYSQL -> mysql;
                case MARIADB -> mariadb;
            };
        }

        Tls strongerOf(Tls other) {
            return compareTo(other) < 0 ? other : this;
        }
    }

    private UrlParameters(Scheme scheme) {
        this.scheme = scheme;
    }

    /**
     * Translates all of them.
     *
     * @param scheme the URL's, {@code postgresql}, {@code mysql} or {@code mariadb}
     * @param parameters what stands behind the question mark
     * @return the parameters for the driver, with the question mark; empty if there are none
     * @throws IllegalArgumentException when one of them is not percent-encoded
     */
    static String translated(String scheme, String parameters) {
        UrlParameters all = new UrlParameters(Scheme.valueOf(scheme.toUpperCase(Locale.ROOT)));
        for (String each : parameters.split("&", -1)) {
            if (!each.isEmpty()) {
                all.add(each);
            }
        }
        return all.text();
    }

    /** A part of a URL without percent signs. URLDecoder reads a plus sign as a blank, which it is in forms only. */
    static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private void add(String parameter) {
        int equals = parameter.indexOf('=');
        String name = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
        String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
        Optional<Tls> asked = asksForTls(name, value) ? tls(value) : Optional.empty();
        if (asked.isPresent()) {
            tls = tls.strongerOf(asked.get());
        } else if (scheme == Scheme.POSTGRESQL && LIBPQ.containsKey(name)) {
            String known = LIBPQ.get(name);
            translated.add(known + "=" + encoded(LIBPQ_VALUES.getOrDefault(known + "=" + value, value)));
        } else if (scheme != Scheme.POSTGRESQL && name.equals("connect_timeout")) {
            // MySQL's client counts seconds, the drivers milliseconds.
            translated.add("connectTimeout=" + encoded(value) + "000");
        } else {
            translated.add(parameter);
        }
    }

    private String text() {
        if (tls != Tls.UNSAID) {
            translated.add(tls.parameter(scheme));
        }
        return translated.isEmpty() ? "" : "?" + String.join("&", translated);
    }

    /** PostgreSQL's driver has a meaning of its own for {@code ssl=true}, which is stronger than that of others. */
    private boolean asksForTls(String name, String value) {
        return switch (name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "")) {
            case "ssl" -> scheme != Scheme.POSTGRESQL || !(value.isEmpty() || value.equals("true"));
            case "sslmode", "tls", "requiressl", "sslaccept" -> true;
            default -> false;
        };
    }

    /** A value that is not known is left to the driver, and to {@link UrlCheck}. */
    private static Optional<Tls> tls(String value) {
        return Optional.ofNullable(
                switch (value.toLowerCase(Locale.ROOT).replaceAll("[-_\\s]", "")) {
                    case "disabled", "disable", "false", "0", "off", "no" -> Tls.OFF;
                    case "preferred", "prefer", "allow" -> Tls.PREFERRED;
                    case "required", "require", "true", "1", "on", "yes", "trust" -> Tls.REQUIRED;
                    // Without a check of the certificate, as drivers for Go, Node.js and Prisma write it.
                    case "skipverify", "noverify", "acceptinvalidcerts", "{\"rejectunauthorized\":false}" ->
                        Tls.REQUIRED;
                    case "verifyca" -> Tls.AUTHORITY;
                    case "verifyidentity", "verifyfull", "strict", "{\"rejectunauthorized\":true}" -> Tls.IDENTITY;
                    default -> null;
                });
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
