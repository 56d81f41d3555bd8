package org.pekkochannels.example;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.getFromResourceDirectory;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.respondWithDefaultHeaders;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.Route;

/** Static pages and their resources, from the class path. Thread-safe. */
public final class Pages {
    // Only our own files are permitted: even a script that was injected into a page would not run. Under the
    // development server, this property has its origin.
    private static final String OWN = ("'self' " + System.getProperty("dev.server", "")).strip();

    private Pages() {}

    /**
     * Adds the headers of every response with a page.
     *
     * @param nodes the nodes to which pages may connect beside their own
     * @param pages the pages
     * @return the same pages, with the headers
     */
    public static Route secured(Nodes nodes, Route pages) {
        return respondWithDefaultHeaders(headers(nodes), () -> pages);
    }

    private static List<HttpHeader> headers(Nodes nodes) {
        return List.of(
                RawHeader.create(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src " + OWN + "; style-src 'self'; img-src 'self'; connect-src "
                                + OWN + nodes.webSockets()
                                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
                RawHeader.create("X-Content-Type-Options", "nosniff"),
                RawHeader.create("Referrer-Policy", "same-origin"),
                RawHeader.create("Cache-Control", "no-cache"));
    }

    /**
     * The scripts and styles, below {@code /static/}.
     *
     * @return the route
     */
    public static Route files() {
        return pathPrefix("static", () -> getFromResourceDirectory("example/static"));
    }

    /**
     * A page in which each <code>{{name}}</code> is replaced with a value.
     *
     * @param name the file's name among the pages
     * @param values the values by name, already escaped for their place in the page
     * @return the route
     */
    public static Route page(String name, Map<String, String> values) {
        return page(StatusCodes.OK, name, values);
    }

    /**
     * A page that is not what the visitor wanted.
     *
     * @param status the status
     * @param name the file's name among the pages
     * @param values the values by name, already escaped for their place in the page
     * @return the route
     */
    public static Route page(StatusCode status, String name, Map<String, String> values) {
        String html = read(name);
        for (Map.Entry<String, String> value : values.entrySet()) {
            html = html.replace("{{" + value.getKey() + "}}", value.getValue());
        }
        return complete(HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, html)));
    }

    /**
     * A JSON string that cannot end the script element around it, in the form of Django's {@code json_script}.
     *
     * @param text any text
     * @return the JSON
     */
    public static String json(String text) {
        String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(text))
                .replace("<", "\\u003C")
                .replace(">", "\\u003E")
                .replace("&", "\\u0026");
        return '"' + escaped + '"';
    }

    private static String read(String name) {
        try (InputStream file = Pages.class.getResourceAsStream("/example/pages/" + name)) {
            if (file == null) {
                throw new IllegalStateException("no page " + name + " on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
