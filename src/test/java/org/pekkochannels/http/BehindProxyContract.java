package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.http.BackendRecorder.Seen;
import org.pekkochannels.http.ReverseProxy.Forwarded;
import org.pekkochannels.websocket.UpgradeRequest;

/**
 * What a proxy in front of an application relies on. The application reads only requests that the proxy has sent, with the
 * headers that the proxy has set. Each client gets the response to its own request.
 *
 * <p>The proxy gives each request an id that a client cannot guess. Each request that reaches the application must have one
 * such id, and its client, method and path must be those that the proxy has logged for it.
 */
@Tag("edge")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BehindProxyContract {
    /** How many of each kind. */
    private static final int INPUTS = 80;

    /** Not 127.0.0.1: that is the proxy, and the application believes the last hop before it. */
    private static final String ATTACKER = "127.0.0.2";

    private static final String USER = "127.0.0.3";

    /** Many inputs are incomplete and get no response. No assertion depends on this time. */
    private static final int IMPATIENT_MILLIS = 100;

    private static final int PATIENT_MILLIS = 20_000;

    /** How many faults a failure prints; many have one cause. */
    private static final int SHOWN = 10;

    private static final Pattern LINE_END = Pattern.compile("[\r\n\u0000]");

    private final BackendRecorder recorder = new BackendRecorder();
    private RunningApplication application;
    private ReverseProxy proxy;

    abstract ReverseProxy proxy(Path directory, int applicationPort) throws IOException;

    @BeforeAll
    void startBoth(@TempDir Path directory) throws IOException {
        application = recorder.start("channels.http.trusted-proxies = [127.0.0.1]");
        try {
            proxy = proxy(directory, application.port());
        } catch (IOException e) {
            application.close();
            throw e;
        }
    }

    @AfterAll
    void stopBoth() {
        proxy.close();
        application.close();
    }

    @Test
    void configuresTheProxyAsTheOtherTestsNeedIt() throws Exception {
        String forged =
                "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Authenticated-User: a\r\nX-Proxy-Id: a\r\n";
        recorder.drain();

        assertThat(answerTo("GET /page/mine HTTP/1.1\r\nHost: x\r\n" + forged + "\r\n"))
                .contains(new RawHttp.Answer(200, "GET /page/mine for " + USER));
        assertThat(answerTo("GET /admin/mine HTTP/1.1\r\nHost: x\r\n\r\n"))
                .map(RawHttp.Answer::status)
                .contains(403);
        assertThat(answerTo(UpgradeRequest.of("/ws/internal/mine/")))
                .map(RawHttp.Answer::status)
                .contains(403);

        assertThat(proxy.connectionsTo(application.port()))
                .as("connections that the proxy keeps for later requests")
                .isPositive();
        assertThat(recorder.drain()).hasSize(1).allSatisfy(request -> {
            assertThat(request.values("X-Forwarded-For")).containsExactly("6.6.6.6", USER);
            assertThat(request.values("X-Forwarded-Proto")).containsExactly("http");
            assertThat(request.values("X-Authenticated-User")).isEmpty();
            assertThat(request.values("X-Proxy-Id")).hasSize(1).doesNotContain("a");
        });
    }

    @ParameterizedTest
    @EnumSource
    void sendsEveryRequestThatTheApplicationReads(HostileInputs inputs) throws Exception {
        recorder.drain();
        List<String> faults = new ArrayList<>();
        for (int number = 0; number < INPUTS; number++) {
            List<String> steps = inputs.steps(number);
            attack(steps);
            String user = asUser(inputs + "-" + number, number % 8 == 7);
            if (!user.isEmpty()) {
                faults.add(user + "\n    after " + printable(steps));
            }
        }
        List<Seen> requests = recorder.drain();
        faults.addAll(faultsOf(requests, inputs));

        assertThat(faults.stream().limit(SHOWN))
                .as("%d faults, of which the first are", faults.size())
                .isEmpty();
        // Or the proxy refuses all, and this proves nothing.
        assertThat(requests).anyMatch(request -> request.path().contains("/" + inputs));
    }

    private void attack(List<String> steps) throws IOException {
        try (RawHttp attacker = RawHttp.connect(proxy.port(), ATTACKER)) {
            for (String step : steps) {
                attacker.send(step);
                attacker.answer(IMPATIENT_MILLIS);
            }
        }
    }

    // What is wrong with the response to another client's valid request; empty if nothing is.
    private String asUser(String name, boolean webSocket) throws IOException {
        String path = webSocket ? "/ws/open/user-" + name + "/" : "/page/user-" + name;
        String expected = "GET " + path + " for " + USER;
        try (RawHttp user = RawHttp.connect(proxy.port(), USER)) {
            user.send(webSocket ? UpgradeRequest.of(path) : "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Optional<RawHttp.Answer> answer = user.answer(PATIENT_MILLIS);
            if (webSocket && answer.filter(is -> is.status() == 101).isPresent()) {
                String greeting = user.frame();
                return greeting.equals(expected) ? "" : "instead of " + expected + ": " + greeting;
            }
            return answer.equals(Optional.of(new RawHttp.Answer(200, expected)))
                    ? ""
                    : "instead of " + expected + ": " + answer;
        }
    }

    private Optional<RawHttp.Answer> answerTo(String request) throws IOException {
        try (RawHttp user = RawHttp.connect(proxy.port(), USER)) {
            user.send(request);
            return user.answer(PATIENT_MILLIS);
        }
    }

    private List<String> faultsOf(List<Seen> requests, HostileInputs inputs) throws IOException {
        Set<String> ids = requests.stream()
                .flatMap(request -> request.values("X-Proxy-Id").stream())
                .filter(id -> id.length() >= 32)
                .collect(Collectors.toSet());
        Map<String, Forwarded> forwarded = proxy.forwarded(ids);
        List<String> faults = new ArrayList<>();
        for (Seen request : requests) {
            String fault = faultOf(request, forwarded);
            if (!fault.isEmpty()) {
                faults.add(fault + ": " + request + origin(request, inputs));
            }
        }
        return faults;
    }

    private static String faultOf(Seen request, Map<String, Forwarded> forwarded) {
        List<String> ids = request.values("X-Proxy-Id");
        Set<String> faults = new TreeSet<>();
        if (ids.size() != 1 || !forwarded.containsKey(ids.get(0))) {
            faults.add("the proxy has not sent this");
        } else if (!forwarded
                .get(ids.get(0))
                .equals(new Forwarded(request.client(), request.method(), request.path()))) {
            faults.add("the proxy has sent " + forwarded.get(ids.get(0)));
        }
        if (!request.values("X-Forwarded-Proto").equals(List.of("http"))) {
            faults.add("X-Forwarded-Proto is not the proxy's");
        }
        if (!request.values("X-Authenticated-User").isEmpty()) {
            faults.add("X-Authenticated-User has come through");
        }
        if (request.headers().stream()
                .anyMatch(line -> LINE_END.matcher(line.value()).find())) {
            faults.add("a header's value holds the end of a line");
        }
        if (request.path().startsWith("/admin") || request.path().startsWith("/ws/internal/")) {
            faults.add("the proxy refuses this path");
        }
        return String.join(", ", faults);
    }

    // The paths of an input contain its number, also those in its body.
    private static String origin(Seen request, HostileInputs inputs) {
        String text = request.toString();
        int at = text.indexOf(inputs + "-");
        if (at < 0) {
            return "";
        }
        String number = text.substring(at).replaceFirst("^[A-Z_]+-(\\d+)[\\s\\S]*$", "$1");
        return "\n    from " + printable(inputs.steps(Integer.parseInt(number)));
    }

    private static String printable(List<String> steps) {
        return steps.stream()
                .flatMapToInt(step -> (step + " | ").chars())
                .mapToObj(c -> c == '\r'
                        ? "\\r"
                        : c == '\n' ? "\\n" : c < ' ' || c > '~' ? "\\x%02x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
    }
}
