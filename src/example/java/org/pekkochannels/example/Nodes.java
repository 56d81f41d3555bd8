package org.pekkochannels.example;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The addresses of all nodes, for pages that connect to another node when their own ends. Immutable.
 *
 * <p>There are none unless {@code example.nodes} lists them. Nodes behind a load balancer have one address and need no list.
 */
public final class Nodes {
    private static final String KEY = "example.nodes";
    private static final String ORIGINS = "channels.http.allowed-origins";
    // They become a part of a header and of JSON.
    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");

    private final List<String> addresses;
    private final boolean tls;

    private Nodes(List<String> addresses, boolean tls) {
        this.addresses = addresses;
        this.tls = tls;
    }

    /**
     * The nodes of a configuration.
     *
     * @param config the whole configuration
     * @return the nodes; fails with {@link ConfigException} for an entry that is not {@code host:port}
     */
    public static Nodes of(Config config) {
        // Without the application.conf of the examples, as in a copy of their sources, there is no list.
        String list = config.hasPath(KEY) ? config.getString(KEY) : "";
        List<String> addresses = Stream.of(list.split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .map(Nodes::checked)
                .toList();
        return new Nodes(addresses, config.getBoolean("channels.http.tls.enabled"));
    }

    private static String checked(String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new ConfigException.BadValue(
                    KEY, "must be addresses such as 10.0.0.1:8000,10.0.0.2:8000, was " + address);
        }
        return address;
    }

    /**
     * Lets the pages of every node open WebSockets on this one.
     *
     * @param config the whole configuration
     * @return the same with {@code channels.http.allowed-origins} extended by these nodes, and by nothing else
     */
    public Config allowOrigins(Config config) {
        List<String> origins = Stream.concat(config.getStringList(ORIGINS).stream(), urls("http"))
                .toList();
        return config.withValue(ORIGINS, ConfigValueFactory.fromIterable(origins));
    }

    /** The URLs to which pages may open WebSockets beside their own, for the header Content-Security-Policy. */
    String webSockets() {
        return urls("ws").map(url -> " " + url).collect(Collectors.joining());
    }

    /**
     * The list as JSON, at {@code /nodes}.
     *
     * @return the route, which rejects all other paths
     */
    public Route route() {
        String json = addresses.stream().map(address -> '"' + address + '"').collect(Collectors.joining(",", "[", "]"));
        return path(
                "nodes",
                () -> get(() -> complete(
                        HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, json)))));
    }

    private Stream<String> urls(String scheme) {
        return addresses.stream().map(address -> scheme + (tls ? "s://" : "://") + address);
    }
}
