package org.pekkochannels.identity;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** A browser with at most one cookie, as far as sessions need one. For one thread. */
final class Visitor {
    private final RunningApplication application;
    private String cookie = "";

    Visitor(RunningApplication application) {
        this.application = application;
    }

    String cookie() {
        return cookie;
    }

    Visitor with(String other) {
        cookie = other;
        return this;
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, headers);
    }

    HttpResponse<String> post(String path, String... headers) {
        return send("POST", path, headers);
    }

    private HttpResponse<String> send(String method, String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(application.http(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        try {
            HttpResponse<String> response =
                    JdkClient.http().send(request.build(), HttpResponse.BodyHandlers.ofString());
            setCookies(response).forEach(this::keep);
            return response;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> setCookies(HttpResponse<?> response) {
        return response.headers().allValues("Set-Cookie");
    }

    private void keep(String header) {
        String pair = header.substring(0, header.indexOf(';'));
        cookie = header.contains("Max-Age=0;") ? "" : pair;
    }

    JdkClient connect(String path) {
        WebSocket.Builder socket = JdkClient.http().newWebSocketBuilder();
        return JdkClient.connect(cookie.isEmpty() ? socket : socket.header("Cookie", cookie), application.ws(path));
    }
}
