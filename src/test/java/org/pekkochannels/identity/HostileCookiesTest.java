package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.RunningApplication;

/** Cookies that no server has set: each request is answered as a stranger's, and the log stays empty. */
final class HostileCookiesTest {
    private static final int REQUESTS = Boolean.getBoolean("channels.proofs") ? 10_000 : 1_000;
    private static final int TOGETHER = 50;
    private static final long SEED = 23;
    private static final String KEYS = "keys = [\"0123456789abcdef0123456789abcdef\"]";

    @ParameterizedTest
    @ValueSource(strings = {"database", "cookie"})
    void makeNobodyOfAStranger(String store) throws IOException {
        try (RunningApplication application = LoginApplication.start(
                        "channels.session { store = " + store + ", " + KEYS + " }", HostileCookiesTest::page);
                RecordedLog log = new RecordedLog("org.pekkochannels")) {
            Visitor ada = new Visitor(application);
            ada.post("/login/Ada");
            String genuine = ada.cookie().substring("channels=".length());
            Random random = new Random(SEED);

            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
                    BufferedReader answers = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
                for (int sent = 0; sent < REQUESTS; sent += TOGETHER) {
                    List<String> cookies = Stream.generate(() -> hostile(random, genuine))
                            .limit(TOGETHER)
                            .toList();
                    socket.getOutputStream().write(requests(cookies));
                    for (String cookie : cookies) {
                        assertThat(answer(answers))
                                .as("the answer to %s", cookie)
                                .isEqualTo("200 nobody");
                    }
                }
            }

            assertThat(ada.get("/who").body()).isEqualTo("Ada");
            assertThat(log.soFar("/stranger")).as("the log of the page").isEmpty();
        }
    }

    /** Of this test alone, so that its log is too. */
    private static Route page(WebSession<Account> session) {
        return Directives.path("stranger", () -> Directives.complete(LoginApplication.name(session.user())));
    }

    private static byte[] requests(List<String> cookies) {
        return cookies.stream()
                .map(cookie -> "GET /stranger HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\n\r\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String answer(BufferedReader answers) throws IOException {
        String status = answers.readLine();
        int length = 0;
        for (String line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
            length = line.regionMatches(true, 0, "Content-Length: ", 0, 16)
                    ? Integer.parseInt(line.substring(16))
                    : length;
        }
        char[] body = new char[length];
        int read = 0;
        while (read < length) {
            read += answers.read(body, read, length - read);
        }
        return status.substring(9, 12) + " " + new String(body);
    }

    private static String hostile(Random random, String genuine) {
        String value = switch (random.nextInt(8)) {
            case 0 -> changed(random, genuine);
            case 1 -> genuine.substring(0, random.nextInt(genuine.length()));
            case 2 -> genuine + text(random, 1 + random.nextInt(5));
            case 3 -> text(random, random.nextInt(100));
            case 4 -> base64(random, 32);
            case 5 -> base64(random, random.nextInt(300)) + "." + base64(random, 32);
            case 6 -> encoded("{\"u\":\"1\",\"c\":0,\"e\":99999999999,\"d\":{}}") + "." + base64(random, 32);
            default -> genuine + "; channels=" + genuine;
        };
        return "channels=" + (value.equals(genuine) ? "" : value);
    }

    private static String changed(Random random, String genuine) {
        int at = random.nextInt(genuine.length() - 1);
        char other = genuine.charAt(at) == 'A' ? 'B' : 'A';
        return genuine.substring(0, at) + other + genuine.substring(at + 1);
    }

    /** Anything that a header may contain. */
    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (random.nextInt(10) == 0 ? 0xa1 + random.nextInt(90) : '!' + random.nextInt(94)));
        }
        // It would end a genuine cookie.
        return text.toString().replace(';', ',');
    }

    private static String base64(Random random, int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(content);
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
