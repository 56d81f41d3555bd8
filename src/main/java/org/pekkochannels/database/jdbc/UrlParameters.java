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
 * Translates the parameters of a platform's URL for the JDBC driver. Confined to one thread.
 *
 * <p>{@code postgres://} has the parameters of libpq, {@code mysql://} and {@code mariadb://} those of MySQL's client and of drivers for
 * other languages. JDBC drivers ignore unknown parameters, so an untranslated {@code ssl-mode=REQUIRED} would silently disable TLS.
 * Parameters without a translation are passed on, because the driver may know them.
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

    /** The scheme of the URL. */
    private enum Scheme {
        POSTGRESQL,
        MYSQL,
        MARIADB
    }

    /**
     * The requested level of TLS, from the weakest up, with its names in PostgreSQL's, MySQL's and MariaDB's driver. MariaDB's cannot fall
     * back to a connection without TLS, so it gets the next stronger level.
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
     * Translates all parameters.
     *
     * @param scheme the URL's scheme, {@code postgresql}, {@code mysql} or {@code mariadb}
     * @param parameters the text after the question mark
     * @return the parameters for the driver, with the question mark; empty if there are none
     * @throws IllegalArgumentException if one of them is not percent-encoded, or has no translation
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

    /** Decodes percent signs in a part of a URL. URLDecoder also reads a plus sign as a space, which is correct in forms only. */
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
            // Prisma's and Supabase's name for a pooler without prepared statements.
            translated.add("prepareThreshold=0");
        } else if (scheme == Scheme.POSTGRESQL && name.equals("schema")) {
            translated.add("currentSchema=" + encoded(value));
        } else if (scheme == Scheme.POSTGRESQL && LIBPQ.containsKey(name)) {
            String known = LIBPQ.get(name);
            translated.add(known + "=" + encoded(LIBPQ_VALUES.getOrDefault(known + "=" + value, value)));
        } else if (scheme != Scheme.POSTGRESQL && name.equals("connect_timeout")) {
            // MySQL's client uses seconds, the drivers milliseconds.
            translated.add("connectTimeout=" + encoded(value) + "000");
        } else {
            translated.add(parameter);
        }
    }

    private static boolean isAuthority(String name) {
        return Set.of("sslrootcert", "sslca").contains(plain(name));
    }

    /** The file of the certificate authority. MySQL's driver does not support one; {@link UrlCheck} reports it. */
    private void addAuthority(String parameter, String value) {
        hasAuthority = scheme != Scheme.MYSQL;
        if (scheme == Scheme.POSTGRESQL && value.equals("system")) {
            // Like libpq: the system's authorities, and the strictest check.
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
            throw new IllegalArgumentException("a parameter of MariaDB's driver cannot contain an ampersand");
        }
        return value;
    }

    /** With a file of authorities, libpq checks the certificate even if TLS is only required; so does MySQL's client by default. */
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

    /** PostgreSQL's driver gives {@code ssl=true} its own, stronger meaning. */
    private Optional<Tls> tlsOf(String name, String value) {
        return switch (plain(name)) {
            case "ssl" ->
                scheme != Scheme.POSTGRESQL || !(value.isEmpty() || value.equals("true"))
                        ? tls(value)
                        : Optional.empty();
            // Go's driver checks the certificate and the name by default.
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

    /** An unknown value is left to the driver, and to {@link UrlCheck}. */
    private static Optional<Tls> tls(String value) {
        return Optional.ofNullable(
                switch (value.toLowerCase(Locale.ROOT).replaceAll("[-_\\s]", "")) {
                    case "disabled", "disable", "false", "0", "off", "no" -> Tls.OFF;
                    case "preferred", "prefer", "allow" -> Tls.PREFERRED;
                    case "required", "require", "true", "1", "on", "yes", "trust" -> Tls.REQUIRED;
                    // Without a check of the certificate, in the forms of drivers for Go, Node.js and Prisma.
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
