package org.pekkochannels.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Debian's nginx or HAProxy in front of an application. Its connections to the application are kept and shared by all clients.
 *
 * <p>It sets {@code X-Proxy-Id} to an id that a client cannot guess and {@code X-Forwarded-Proto} to {@code http}, adds the
 * client's address to {@code X-Forwarded-For}, and removes {@code X-Authenticated-User}. It refuses {@code /admin} and {@code
 * /ws/internal/}, and logs what it forwards.
 */
final class ReverseProxy implements AutoCloseable {
    private static final Path NGINX = Path.of("/usr/sbin/nginx");
    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final String NGINX_CONF = """
            daemon off;
            # One process, which ends with all that it holds when it is killed.
            master_process off;
            pid nginx.pid;
            error_log error.log;
            events { worker_connections 512; }
            http {
                log_format forwarded '$request_id $remote_addr $request_method $request_uri $upstream_addr';
                access_log access.log forwarded;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                map $http_upgrade $connection_upgrade { default upgrade; '' close; }
                upstream application { server 127.0.0.1:%2$d; keepalive 8; }
                proxy_http_version 1.1;
                proxy_read_timeout 10s;
                server {
                    listen 127.0.0.1:%1$d;
                    proxy_set_header Connection "";
                    proxy_set_header X-Proxy-Id $request_id;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_set_header X-Authenticated-User "";
                    location / { proxy_pass http://application; }
                    location /stream/ { proxy_pass http://application; proxy_request_buffering off; }
                    location /admin { return 403; }
                    location /ws/internal/ { return 403; }
                    location /ws/ {
                        proxy_pass http://application;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $connection_upgrade;
                        proxy_set_header X-Proxy-Id $request_id;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_set_header X-Forwarded-Proto $scheme;
                        proxy_set_header X-Authenticated-User "";
                    }
                }
            }
            """;

    private static final String HAPROXY_CFG = """
            global
                log stdout format raw local0
                nbthread 1
            defaults
                mode http
                timeout connect 10s
                timeout client 10s
                timeout server 10s
                timeout tunnel 10s
                http-reuse always
                option forwardfor
            frontend clients
                bind 127.0.0.1:%1$d
                log global
                log-format "%%ID %%ci %%HM %%HPO %%s"
                unique-id-format %%[uuid]
                http-request deny if { path_beg /admin } || { path_beg /ws/internal/ }
                http-request set-header X-Proxy-Id %%[unique-id]
                http-request set-header X-Forwarded-Proto http
                http-request del-header X-Authenticated-User
                default_backend application
            backend application
                server application 127.0.0.1:%2$d
            """;

    private final Process process;
    private final int port;
    private final Path log;
    private final String notForwarded;

    /** A request that it has forwarded. */
    record Forwarded(String client, String method, String path) {
        Forwarded {
            // The asterisk of OPTIONS and an absolute target's empty path have more than one spelling.
            path = path.isEmpty() || path.equals("*") ? "/" : path;
        }
    }

    private ReverseProxy(Process process, int port, Path log, String notForwarded) {
        this.process = process;
        this.port = port;
        this.log = log;
        this.notForwarded = notForwarded;
    }

    /** For {@code @EnabledIf}. */
    static boolean isNginxInstalled() {
        return Files.isExecutable(NGINX);
    }

    /** For {@code @EnabledIf}. */
    static boolean isHaproxyInstalled() {
        return Files.isExecutable(HAPROXY);
    }

    /** Starts nginx, and returns when it listens. */
    static ReverseProxy nginx(Path directory, int applicationPort) throws IOException {
        int port = freePort();
        Path settings = Files.writeString(
                directory.resolve("nginx.conf"),
                NGINX_CONF.formatted(port, applicationPort),
                StandardCharsets.US_ASCII);
        List<String> command =
                List.of(NGINX.toString(), "-p", directory.toString(), "-e", "error.log", "-c", settings.toString());
        return start(command, directory.resolve("output.log"), port, directory.resolve("access.log"), "-");
    }

    /** Starts HAProxy, and returns when it listens. */
    static ReverseProxy haproxy(Path directory, int applicationPort) throws IOException {
        int port = freePort();
        Path settings = Files.writeString(
                directory.resolve("haproxy.cfg"),
                HAPROXY_CFG.formatted(port, applicationPort),
                StandardCharsets.US_ASCII);
        Path output = directory.resolve("output.log");
        return start(List.of(HAPROXY.toString(), "-db", "-f", settings.toString()), output, port, output, "<NOSRV>");
    }

    private static ReverseProxy start(List<String> command, Path output, int port, Path log, String notForwarded)
            throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean listens = await(() -> !process.isAlive() || listens(port)) && process.isAlive();
        if (!listens) {
            process.destroyForcibly().onExit().join();
            throw new IOException(command.get(0) + " did not start:\n" + Files.readString(output));
        }
        return new ReverseProxy(process, port, log, notForwarded);
    }

    int port() {
        return port;
    }

    /**
     * What it has forwarded, by id. Waits some seconds for what is missing, because a request is logged at its end.
     *
     * @param ids what to wait for
     */
    Map<String, Forwarded> forwarded(Collection<String> ids) throws IOException {
        await(() -> readLog().keySet().containsAll(ids));
        return readLog();
    }

    /** How many connections it holds to the application, from what Linux lists. */
    long connectionsTo(int applicationPort) throws IOException {
        // The other end's address in the kernel's byte order, its port, and ESTABLISHED.
        String open = " 0100007F:%04X 01 ".formatted(applicationPort);
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/tcp"))) {
            return sockets.filter(socket -> socket.contains(open)).count();
        }
    }

    private Map<String, Forwarded> readLog() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(" ", 5))
                    .filter(line -> line.length == 5 && !line[4].equals(notForwarded))
                    // Notices have no id, and may begin alike.
                    .collect(Collectors.toMap(line -> line[0], ReverseProxy::parsed, (one, other) -> other));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Forwarded parsed(String[] line) {
        int query = line[3].indexOf('?');
        return new Forwarded(line[1], line[2], query < 0 ? line[3] : line[3].substring(0, query));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    // Neither program reports to us that it listens or that it has logged a request.
    private static boolean await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(10_000_000);
            holds = condition.getAsBoolean();
        }
        return holds;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
