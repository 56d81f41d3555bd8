package org.pekkochannels.example;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Function;

/** A visitor of the chat's accounts, with the cookie of a browser. */
final class AccountVisit {
    static final String PASSWORD = "correct horse battery";

    private final Function<String, URI> pages;
    private final Function<String, URI> sockets;
    private String cookie = "";

    AccountVisit(Function<String, URI> pages, Function<String, URI> sockets) {
        this.pages = pages;
        this.sockets = sockets;
    }

    String cookie() {
        return cookie;
    }

    /** With the cookie of another browser. */
    AccountVisit with(String planted) {
        cookie = planted;
        return this;
    }

    HttpResponse<String> signUp(String name) throws IOException, InterruptedException {
        return send("sign-up", name, PASSWORD);
    }

    HttpResponse<String> login(String name, String password) throws IOException, InterruptedException {
        return send("login", name, password);
    }

    private HttpResponse<String> send(String action, String name, String password)
            throws IOException, InterruptedException {
        return post(action, "{\"name\":\"" + name + "\",\"password\":\"" + password + "\"}");
    }

    HttpResponse<String> post(String action, String json) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(pages.apply("/account/" + action))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return send(request);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(pages.apply(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        HttpResponse<String> response = Client.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        response.headers().firstValue("Set-Cookie").ifPresent(set -> cookie = set.replaceFirst(";.*", ""));
        return response;
    }

    Client enter(String room) {
        return Client.open(
                Client.HTTP.newWebSocketBuilder().header("Cookie", cookie.isEmpty() ? "none=1" : cookie),
                sockets.apply("/ws/chat/" + room + "/?history=50"));
    }
}
