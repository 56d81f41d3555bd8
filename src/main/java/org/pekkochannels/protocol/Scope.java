package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;
import org.pekkochannels.concurrent.Printable;

/**
 * What is known about a connection before its first message: the details of the upgrade request.
 *
 * <p>Immutable; routers and middleware pass an enriched copy on. The terms are those of the
 * <a href="https://asgi.readthedocs.io/en/latest/specs/www.html#websocket-connection-scope">ASGI specification</a>.
 *
 * @param scheme {@code ws} or {@code wss}
 * @param path the decoded path, with its leading slash
 * @param remainingPath the part of the path that no router has matched yet, without a leading slash
 * @param query the raw query, without the question mark; empty if there was none
 * @param headers the request's headers in their order, including duplicates
 * @param subprotocols the subprotocols that the client offers, in its order of preference
 * @param client the client's address, if known
 * @param server the address that the client connected to, if known
 * @param pathParameters the converted parameters that routers found in the path
 * @param attributes the values that middleware added
 */
public record Scope(
        String scheme,
        String path,
        String remainingPath,
        String query,
        List<Header> headers,
        List<String> subprotocols,
        Optional<InetSocketAddress> client,
        Optional<InetSocketAddress> server,
        Map<String, Object> pathParameters,
        Map<Attribute<?>, Object> attributes) {
    /** The host that the client requested from a proxy, as reported by the trusted proxy nearest to the client. */
    public static final Attribute<String> FORWARDED_HOST = new Attribute<>("forwarded-host", String.class);

    /** The subprotocol that a consumer accepts if it names none: the one that a browser offers beside its token. */
    public static final Attribute<String> DEFAULT_SUBPROTOCOL = new Attribute<>("default-subprotocol", String.class);

    private static final Attribute<LogWords> LOG_WORDS = new Attribute<>("log-words", LogWords.class);
    private static final int MAX_SHOWN = 500;

    /**
     * Copies the collections.
     *
     * @param scheme {@code ws} or {@code wss}
     * @param path the decoded path, with its leading slash
     * @param remainingPath the part of the path that no router has matched yet
     * @param query the raw query
     * @param headers the request's headers
     * @param subprotocols the subprotocols that the client offers
     * @param client the client's address
     * @param server the address that the client connected to
     * @param pathParameters the parameters that routers found in the path
     * @param attributes the values that middleware added
     */
    public Scope {
        headers = List.copyOf(headers);
        subprotocols = List.copyOf(subprotocols);
        pathParameters = Map.copyOf(pathParameters);
        attributes = Map.copyOf(attributes);
    }

    /**
     * A scope that has only a path and, after a question mark, a query.
     *
     * @param target for example {@code /ws/chat/lobby/?history=50}
     * @return the scope
     */
    public static Scope of(String target) {
        int mark =
                requireNonNull(target, "the target of a scope must not be null").indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        return new Scope(
                "ws",
                path,
                withoutLeadingSlashes(path),
                query,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    /**
     * Names the connection for log lines: a server does it once, before the application sees the scope.
     *
     * @return a copy with a new connection id, or this scope if it has one
     */
    public Scope named() {
        return attributes.containsKey(LOG_WORDS)
                ? this
                : withAttribute(LOG_WORDS, new LogWords(printablePath(), client));
    }

    /**
     * The id of the connection, as in log lines: short, unique in this process, and among processes up to an unlikely coincidence.
     *
     * @return the id, such as {@code k3f9a-1c}; {@code -} if the scope was created without a server and has none yet
     */
    public String connectionId() {
        return logWords().map(LogWords::id).orElse("-");
    }

    /**
     * What log lines contain about the connection. Not API.
     *
     * @return its words, shared by all copies of the scope; empty if the scope was created without a server
     * @hidden
     */
    @InternalApi
    @SuppressWarnings("InvalidBlockTag") // Error Prone rejects @hidden here; the doclet obeys it
    public Optional<LogWords> logWords() {
        return attribute(LOG_WORDS);
    }

    /**
     * Runs code that logs, with the words of {@link #logWords} added to the thread's logging context (MDC).
     *
     * @param line may throw
     */
    public void inLogContext(Runnable line) {
        logWords().ifPresentOrElse(words -> words.inLogContext(line), line);
    }

    /**
     * The path in a form that is safe to log: a line break could forge a line, a space the fields after it, and a long path would fill the
     * log.
     *
     * @return the path, with a question mark for each control or format character, space and separator, including those beyond ASCII; of
     *     more than 500 characters the first 500, followed by two dots
     */
    public String printablePath() {
        return Printable.word(path, MAX_SHOWN);
    }

    /**
     * The value of a header. Several lines are joined in their order with a comma (RFC 9110, section 5.3), those of {@code Cookie} with a
     * semicolon (RFC 9113, section 8.2.3). {@link #headers} has each line.
     *
     * @param name the name, in any case
     * @return its value, or empty if the header is absent
     */
    public Optional<String> header(String name) {
        requireNonNull(name, "the name of a header must not be null");
        List<String> values = headers.stream()
                .filter(header -> header.is(name))
                .map(Header::value)
                .toList();
        String mark = name.equalsIgnoreCase("Cookie") ? "; " : ", ";
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(mark, values));
    }

    /**
     * The value of the only cookie of a name. Empty if the request has several: a page of another subdomain, or of another path, may have
     * set one of them, and their order does not show which. {@link #cookies} has all.
     *
     * @param name the name, case-sensitive
     * @return its value, without surrounding quotes and otherwise unchanged; empty if the cookie is absent or ambiguous
     */
    public Optional<String> cookie(String name) {
        List<String> values = cookies(name);
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    /**
     * The values of all cookies of a name, in the request's order.
     *
     * @param name the name, case-sensitive
     * @return the values, without surrounding quotes and otherwise unchanged
     */
    public List<String> cookies(String name) {
        return Cookies.named(requireNonNull(name, "the name of a cookie must not be null"), headers);
    }

    /**
     * The host that the client requested, possibly with a port: what a proxy of {@code channels.http.trusted-proxies} reports
     * ({@link #FORWARDED_HOST}), or else the header {@code Host}.
     *
     * @return the host, or empty if it is unknown
     */
    public Optional<String> host() {
        return attribute(FORWARDED_HOST).or(() -> header("Host"));
    }

    /**
     * A parameter of the path, as text.
     *
     * @param name the name in the route's pattern
     * @return its value; fails with {@link IllegalArgumentException} if the route has no such parameter
     */
    public String pathParameter(String name) {
        return anyPathParameter(name).toString();
    }

    /**
     * A parameter of the path, as converted by its converter.
     *
     * @param name the name in the route's pattern
     * @param type the converter's class, such as {@code Integer} for {@code {id:int}}
     * @param <T> the converter's class
     * @return its value; fails with {@link IllegalArgumentException} if the route has no such parameter, or the parameter has another class
     */
    public <T> T pathParameter(String name, Class<T> type) {
        requireNonNull(type, "the class of a path parameter must not be null");
        Object value = anyPathParameter(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("path parameter '" + name + "' in " + printablePath() + " has the class "
                    + value.getClass().getSimpleName() + ", not " + type.getSimpleName() + "; ask for "
                    + value.getClass().getSimpleName() + ".class, or change the converter in the route's pattern");
        }
        return type.cast(value);
    }

    private Object anyPathParameter(String name) {
        Object value = pathParameters.get(requireNonNull(name, "the name of a path parameter must not be null"));
        if (value == null) {
            throw new IllegalArgumentException("no path parameter '" + name + "' in " + printablePath()
                    + "; the route has " + pathParameters.keySet());
        }
        return value;
    }

    /**
     * The first parameter of that name in the query, decoded.
     *
     * @param name the name
     * @return its value, an empty text if it has none; empty if it is absent or badly encoded
     */
    public Optional<String> queryParameter(String name) {
        requireNonNull(name, "the name of a query parameter must not be null");
        return Arrays.stream(query.split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.split("=", 2))
                .filter(pair -> decode(pair[0]).filter(name::equals).isPresent())
                .findFirst()
                .flatMap(pair -> pair.length == 1 ? Optional.of("") : decode(pair[1]));
    }

    /**
     * The value that a middleware added under a key.
     *
     * @param key the key
     * @param <T> the value's class
     * @return the value, or empty if there is none
     */
    public <T> Optional<T> attribute(Attribute<T> key) {
        requireNonNull(key, "the key of an attribute must not be null");
        return Optional.ofNullable(attributes.get(key)).map(key.type()::cast);
    }

    /**
     * A copy with an additional attribute.
     *
     * @param key the key
     * @param value its value
     * @param <T> the value's class
     * @return the copy
     */
    public <T> Scope withAttribute(Attribute<T> key, T value) {
        requireNonNull(key, "the key of an attribute must not be null");
        requireNonNull(value, () -> "the value of the attribute '" + key.name() + "' must not be null; leave it out");
        Map<Attribute<?>, Object> more = new HashMap<>(attributes);
        more.put(key, value);
        return copy(remainingPath, headers, subprotocols, pathParameters, more);
    }

    /**
     * A copy after a router has matched, with its parameters added. An inner parameter replaces an outer parameter of the same name.
     *
     * @param found the parameters that the router found
     * @param rest the rest of the path
     * @return the copy
     */
    public Scope withRoute(Map<String, Object> found, String rest) {
        requireNonNull(rest, "the rest of a route's path must not be null");
        Map<String, Object> more = new HashMap<>(pathParameters);
        more.putAll(requireNonNull(found, "the path parameters of a route must not be null"));
        return copy(rest, headers, subprotocols, more, attributes);
    }

    /**
     * A copy with other headers.
     *
     * @param others the headers
     * @return the copy
     */
    public Scope withHeaders(List<Header> others) {
        return copy(
                remainingPath,
                requireNonNull(others, "the headers of a scope must not be null"),
                subprotocols,
                pathParameters,
                attributes);
    }

    /**
     * A copy with other offered subprotocols.
     *
     * @param others the subprotocols
     * @return the copy
     */
    public Scope withSubprotocols(List<String> others) {
        return copy(
                remainingPath,
                headers,
                requireNonNull(others, "the subprotocols of a scope must not be null"),
                pathParameters,
                attributes);
    }

    /**
     * The scope for a log or a message: without the query, the subprotocols and the values of attributes, which may contain secrets, and
     * with headers as {@link Header#toString} shows them.
     *
     * @return scheme, path, client, headers and the names of the attributes
     */
    @Override
    public String toString() {
        List<String> added =
                attributes.keySet().stream().map(Attribute::name).sorted().toList();
        return "Scope[" + scheme + " " + printablePath() + ", client "
                + client.map(Object::toString).orElse("unknown") + ", headers " + headers + ", attributes " + added
                + "]";
    }

    /**
     * The path without its leading slashes, as routers match it.
     *
     * @param path a path
     * @return the path, not beginning with a slash
     */
    public static String withoutLeadingSlashes(String path) {
        int start = 0;
        while (start < path.length() && path.charAt(start) == '/') {
            start++;
        }
        return path.substring(start);
    }

    private Scope copy(
            String rest,
            List<Header> fields,
            List<String> offered,
            Map<String, Object> parameters,
            Map<Attribute<?>, Object> added) {
        return new Scope(scheme, path, rest, query, fields, offered, client, server, parameters, added);
    }

    private static Optional<String> decode(String encoded) {
        try {
            return Optional.of(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException badEncoding) {
            return Optional.empty();
        }
    }
}
