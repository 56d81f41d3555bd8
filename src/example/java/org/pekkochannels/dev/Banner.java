package org.pekkochannels.dev;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Shows a failure on the open pages, by a script that {@link Resources} adds to them: it receives server-sent events from here, on a port of
 * the loopback interface. It works while the application does not run. Thread-safe.
 */
final class Banner implements AutoCloseable {
    private static final Pattern LOCAL = Pattern.compile("(https?://)?(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?");
    private static final String SCRIPT = """
            {
                const events = new EventSource(new URL('/events', document.currentScript.src));
                let banner;
                function show(text) {
                    if (!banner) {
                        banner = document.body.appendChild(document.createElement('div'));
                        banner.id = 'dev-server';
                        banner.role = 'alert';
                        banner.title = 'Hide';
                        banner.onclick = hide;
                        banner.style.cssText = 'position: fixed; inset: auto 0 0; z-index: 2147483647; max-height: 50vh;'
                            + 'overflow: auto; margin: 0; padding: 12px 16px; box-sizing: border-box; cursor: pointer;'
                            + 'font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;'
                            + 'text-align: left; background: #7a1020; color: #fff; box-shadow: 0 0 12px #0008';
                    }
                    banner.textContent = text;
                }
                function hide() {
                    banner?.remove();
                    banner = undefined;
                }
                events.addEventListener('failed', event => show(event.data));
                events.addEventListener('running', hide);
                events.addEventListener('reload', () => location.reload());
            }
            """;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Banner::daemon);
    // Guarded by this.
    private final List<OutputStream> pages = new CopyOnWriteArrayList<>();
    private String state = event("running", "");

    private Banner(HttpServer server) {
        this.server = server;
    }

    static Banner start() throws IOException {
        Banner banner = new Banner(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        banner.server.setExecutor(banner.threads);
        banner.server.createContext("/banner.js", exchange -> answer(exchange, banner::script));
        banner.server.createContext("/events", exchange -> answer(exchange, banner::follow));
        banner.server.start();
        return banner;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "dev-server-banner");
        thread.setDaemon(true);
        return thread;
    }

    /** The origin that a Content-Security-Policy must allow for scripts and connections. */
    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    URI uri() {
        return URI.create(origin() + "/banner.js");
    }

    void failed(String text) {
        publish(event("failed", text));
    }

    void running() {
        publish(event("running", ""));
    }

    /** Reloads the open pages: a page, a script or a style has changed. */
    synchronized void reload() {
        send(event("reload", ""));
    }

    private synchronized void publish(String event) {
        state = event;
        send(event);
    }

    private void send(String event) {
        pages.removeIf(page -> !write(page, event));
    }

    private static boolean write(OutputStream page, String event) {
        try {
            page.write(event.getBytes(StandardCharsets.UTF_8));
            page.flush();
            return true;
        } catch (IOException e) {
            return false; // the page was closed
        }
    }

    private static String event(String type, String text) {
        return "event: " + type + "\ndata: " + text.strip().replaceAll("\\R", "\ndata: ") + "\n\n";
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** Only pages of this machine may read what fails here. */
    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
        Optional<String> origin =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Origin"));
        if (!isLocal(host) || !origin.map(Banner::isLocal).orElse(true)) {
            exchange.sendResponseHeaders(403, -1);
            exchange.close();
            return;
        }
        origin.ifPresent(page -> exchange.getResponseHeaders().set("Access-Control-Allow-Origin", page));
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        answer.to(exchange);
    }

    private static boolean isLocal(String authority) {
        return LOCAL.matcher(authority).matches();
    }

    private void script(HttpExchange exchange) throws IOException {
        byte[] script = SCRIPT.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/javascript; charset=utf-8");
        exchange.sendResponseHeaders(200, script.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(script);
        }
    }

    private synchronized void follow(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream page = exchange.getResponseBody();
        if (write(page, state)) {
            pages.add(page);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
