package org.pekkochannels.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.pekkochannels.http.JdkClient;

/** The events that the script of an open page receives. */
record Page(BufferedReader events) {
    static Page open() throws Exception {
        HttpResponse<InputStream> response =
                JdkClient.http().send(request("http://localhost:8000"), BodyHandlers.ofInputStream());
        return new Page(new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
    }

    static int statusFor(String origin) throws Exception {
        return JdkClient.http().send(request(origin), BodyHandlers.discarding()).statusCode();
    }

    private static HttpRequest request(String origin) {
        return HttpRequest.newBuilder(URI.create(System.getProperty(DevServer.ORIGIN) + "/events"))
                .header("Origin", origin)
                .build();
    }

    /** The type and the data of the next event. */
    String event() throws IOException {
        StringBuilder event = new StringBuilder();
        for (String line = events.readLine(); line != null && !line.isEmpty(); line = events.readLine()) {
            event.append(line.replaceFirst("^(event|data): ?", "")).append('\n');
        }
        return event.toString().replaceFirst("\n", " ").strip();
    }
}
