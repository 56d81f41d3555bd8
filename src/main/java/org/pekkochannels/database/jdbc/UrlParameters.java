package org.pekkochannels.database.jdbc;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
    private boolean hasAuthority;

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
     * @throws IllegalArgumentException when one of them is not percent-encoded, or has no translation
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
        Optional<Tls> asked = tlsOf(name, value);
        if (asked.isPresent()) {
            tls = tls.strongerOf(asked.get());
        } else if (isAuthority(name)) {
            addAuthority(parameter, value);
        } else if (scheme == Scheme.POSTGRESQL && name.equals("pgbouncer") && value.equals("true")) {
            // Prisma's and Supabase's word for a pooler that knows no prepared statements.
            translated.add("prepareThreshold=0");
        } else if (scheme == Scheme.POSTGRESQL && name.equals("schema")) {
            translated.add("currentSchema=" + encoded(value));
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

    private static boolean isAuthority(String name) {
        return Set.of("sslrootcert", "sslca").contains(plain(name));
    }

    /** The file of the certificate authority. MySQL's driver takes no such file, and is told by {@link UrlCheck}. */
    private void addAuthority(String parameter, String value) {
        hasAuthority = scheme != Scheme.MYSQL;
        if (scheme == Scheme.POSTGRESQL && value.equals("system")) {
            // As libpq does: the system's authorities, and no weaker check.
            tls = Tls.IDENTITY;
            translated.add("sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory");
        } else if (scheme == Scheme.MARIADB) {
            translated.add("serverSslCert=" + undecoded(value));
        } else {
            translated.add(parameter);
        }
    }

    /** MariaDB's driver decodes nothing. */
    private static String undecoded(String value) {
        if (value.contains("&")) {
            throw new IllegalArgumentException("no parameter of MariaDB's driver can hold an ampersand");
        }
        return value;
    }

    /** With a file of authorities, libpq checks the certificate also where only TLS is required; so does MySQL's client by default. */
    private void checkAuthority() {
        boolean unsaid = tls == Tls.UNSAID;
        boolean required = scheme == Scheme.POSTGRESQL && tls == Tls.REQUIRED;
        if (hasAuthority && (required || (unsaid && scheme == Scheme.MARIADB))) {
            tls = Tls.AUTHORITY;
        }
    }

    private String text() {
        checkAuthority();
        if (tls != Tls.UNSAID) {
            translated.add(tls.parameter(scheme));
        }
        return translated.isEmpty() ? "" : "?" + String.join("&", translated);
    }

    /** PostgreSQL's driver has a meaning of its own for {@code ssl=true}, which is stronger than that of others. */
    private Optional<Tls> tlsOf(String name, String value) {
        return switch (plain(name)) {
            case "ssl" ->
                scheme != Scheme.POSTGRESQL || !(value.isEmpty() || value.equals("true"))
                        ? tls(value)
                        : Optional.empty();
            // Go's driver checks the certificate and the name unless it is told otherwise.
            case "tls" -> tls(value).map(asked -> value.equals("true") ? Tls.IDENTITY : asked);
            case "sslmode", "requiressl", "sslaccept" -> tls(value);
            case "sslverifyservercert", "sslverifyidentity" -> ifTrue(value, Tls.IDENTITY);
            case "sslverifycert", "verifyservercertificate" -> ifTrue(value, Tls.AUTHORITY);
            default -> Optional.empty();
        };
    }

    private static Optional<Tls> ifTrue(String value, Tls asked) {
        return tls(value).filter(Tls.REQUIRED::equals).map(on -> asked);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
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
