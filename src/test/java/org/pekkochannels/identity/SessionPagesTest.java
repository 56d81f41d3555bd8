package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.RunningApplication;

/** Login, logout and values of pages, through a real server with a table. */
final class SessionPagesTest {
    private static final AtomicReference<Optional<WebSession<Account>>> LEFT = new AtomicReference<>(Optional.empty());
    private static final AtomicReference<String> LATEST = new AtomicReference<>("");
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = LoginApplication.start(
                "channels.http.trusted-proxies = [127.0.0.1], channels.http.allowed-origins = [\"https://partner.example\"]",
                SessionPagesTest::more);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Route more(WebSession<Account> session) {
        return Directives.concat(
                Directives.path("keep", () -> {
                    LEFT.set(Optional.of(session));
                    return Directives.complete("kept");
                }),
                Directives.path("handled", () -> {
                    conflictWith(session);
                    return Directives.onComplete(
                            session.save(), saved -> Directives.complete(saved.isFailure() ? "handled" : "saved"));
                }),
                Directives.path("unhandled", () -> {
                    conflictWith(session);
                    return Directives.complete("not sent");
                }),
                Directives.path("throw", () -> {
                    session.put("count", 100);
                    throw new IllegalStateException("planted");
                }),
                Directives.path("large", () -> {
                    session.put("large", "x".repeat(20_000));
                    return Directives.complete("not sent");
                }));
    }

    /** Another request changes the session first. */
    private static void conflictWith(WebSession<Account> session) {
        assertThat(new Visitor(application)
                        .with(requireNonNull(LATEST.get()))
                        .get("/count")
                        .statusCode())
                .isEqualTo(200);
        session.put("mine", 1);
    }

    private static Visitor visitor() {
        return new Visitor(application);
    }

    @Test
    void setNoCookieForAVisitorWithoutValues() {
        HttpResponse<String> response = visitor().get("/who");

        assertThat(response.body()).isEqualTo("nobody");
        assertThat(Visitor.setCookies(response)).isEmpty();
    }

    @Test
    void keepValuesFromRequestToRequest() {
        Visitor visitor = visitor();

        HttpResponse<String> first = visitor.get("/count");
        HttpResponse<String> second = visitor.get("/count");

        assertThat(List.of(first.body(), second.body())).containsExactly("1", "2");
        assertThat(Visitor.setCookies(first))
                .singleElement()
                .asString()
                .matches("channels=[A-Za-z0-9_-]{43}; Max-Age=1209(600|599); Path=/; HttpOnly; SameSite=Lax");
        assertThat(first.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(Visitor.setCookies(second)).isEmpty();
    }

    @Test
    void logInAndOut() {
        Visitor visitor = visitor();
        visitor.get("/count");
        String before = visitor.cookie();

        visitor.post("/login/Ada");
        String during = visitor.cookie();

        assertThat(during).isNotEqualTo(before);
        assertThat(visitor.get("/who").body()).isEqualTo("Ada");
        assertThat(visitor.get("/count").body()).isEqualTo("2");
        assertThat(visitor().with(before).get("/count").body()).isEqualTo("1");

        HttpResponse<String> out = visitor.post("/logout");

        assertThat(Visitor.setCookies(out)).singleElement().asString().startsWith("channels=; Max-Age=0; Path=/");
        assertThat(visitor.get("/who").body()).isEqualTo("nobody");
        assertThat(visitor().with(during).get("/who").body()).isEqualTo("nobody");
    }

    @Test
    void doNothingAtALogoutOfNobody() {
        HttpResponse<String> out = visitor().post("/logout");

        assertThat(out.statusCode()).isEqualTo(200);
        assertThat(Visitor.setCookies(out)).isEmpty();
    }

    @Test
    void changeTheUser() {
        Visitor visitor = visitor();
        visitor.post("/login/Bob");
        visitor.get("/count");

        visitor.post("/login/Ada");

        assertThat(visitor.get("/who").body()).isEqualTo("Ada");
        assertThat(visitor.get("/count").body()).isEqualTo("1");
    }

    @Test
    void knowNobodyByTwoCookies() {
        Visitor visitor = visitor();
        visitor.post("/login/Ada");

        visitor.with(visitor.cookie() + "; " + visitor.cookie());

        assertThat(visitor.get("/who").body()).isEqualTo("nobody");
    }

    @Test
    void saveNothingWhenTheyFail() {
        Visitor visitor = visitor();
        visitor.get("/count");

        assertThat(visitor.get("/fail").statusCode()).isEqualTo(500);
        assertThat(visitor.get("/throw").statusCode()).isEqualTo(500);
        assertThat(visitor.get("/large").statusCode()).isEqualTo(500);

        assertThat(visitor.get("/count").body()).isEqualTo("2");
    }

    @Test
    void answer409WhenTheSessionWasChangedMeanwhile() {
        Visitor visitor = visitor();
        visitor.get("/count");
        LATEST.set(visitor.cookie());

        HttpResponse<String> conflict = visitor.get("/unhandled");

        assertThat(conflict.statusCode()).isEqualTo(409);
        assertThat(conflict.body()).isEqualTo("The session was changed by another request. Try again.");
    }

    @Test
    void handleAConflictThemselves() {
        Visitor visitor = visitor();
        visitor.get("/count");
        LATEST.set(visitor.cookie());

        HttpResponse<String> handled = visitor.get("/handled");

        assertThat(handled.statusCode()).isEqualTo(200);
        assertThat(handled.body()).isEqualTo("handled");
    }

    @Test
    void throwWhenTheyChangeASessionAfterTheHead() {
        visitor().get("/keep");
        WebSession<Account> left = requireNonNull(LEFT.get()).orElseThrow();

        assertThatThrownBy(() -> left.put("late", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the head of the page's response has left");
        assertThatThrownBy(left::logout).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> left.remove("late")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(left::save).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> left.login(new Account(1, "Ada", ""))).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Sec-Fetch-Site: same-origin                                    | 200
            Sec-Fetch-Site: none                                           | 200
            Sec-Fetch-Site: same-site                                      | 403
            Sec-Fetch-Site: cross-site                                     | 403
            Sec-Fetch-Site: cross-site ; Origin: https://evil.example      | 403
            Sec-Fetch-Site: cross-site ; Origin: https://partner.example   | 200
            Sec-Fetch-Site: same-origin ; Origin: https://evil.example     | 200
            Origin: https://evil.example                                   | 403
            Origin: null                                                   | 403
            Origin: nonsense                                               | 403
            Origin: http://SELF                                            | 200
            Origin: http://shop.example ; X-Forwarded-Host: shop.example ; X-Forwarded-For: 192.0.2.1 | 200
            Origin: http://shop.example ; X-Forwarded-Host: evil.example ; X-Forwarded-For: 192.0.2.1 | 403
            Origin: https://evil.example ; Authorization: Bearer x         | 403
            Origin: https://evil.example ; Authorization: Basic x          | 403
            X-None: 1                                                      | 200
            """)
    void refuseChangesByPagesOfOtherSites(String headers, int status) {
        String self = "127.0.0.1:" + application.port();
        String[] fields = List.of(headers.replace("SELF", self).split(" ; ")).stream()
                .flatMap(header -> List.of(header.split(": ")).stream())
                .map(String::strip)
                .toArray(String[]::new);
        Visitor visitor = visitor();
        visitor.post("/login/Ada");

        assertThat(visitor.get("/who", fields).statusCode()).isEqualTo(200);
        assertThat(visitor().post("/login/Ada", fields).statusCode()).isEqualTo(status);
        assertThat(visitor.post("/logout", fields).statusCode()).isEqualTo(status);
        assertThat(visitor.get("/who").body()).isEqualTo(status == 200 ? "nobody" : "Ada");
    }

    @Test
    void loseNothingOf32ConcurrentRequests() {
        Visitor visitor = visitor();
        visitor.get("/count");
        String cookie = visitor.cookie();
        AtomicInteger conflicts = new AtomicInteger();

        CompletableFuture<?>[] all = IntStream.range(0, 32)
                .mapToObj(i -> CompletableFuture.runAsync(() -> countUntilSaved(cookie, conflicts)))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).orTimeout(60, TimeUnit.SECONDS).join();

        assertThat(visitor.get("/count").body()).isEqualTo("34");
    }

    private static void countUntilSaved(String cookie, AtomicInteger conflicts) {
        while (new Visitor(application).with(cookie).get("/count").statusCode() == 409) {
            conflicts.incrementAndGet();
        }
    }

    @Test
    void sayWhyABrowserRejectsASecureCookie() {
        try (RunningApplication secure = LoginApplication.start("channels.development = off");
                RecordedLog log = new RecordedLog("org.pekkochannels.identity")) {
            Visitor visitor = new Visitor(secure);

            HttpResponse<String> response = visitor.post("/login/Ada");

            assertThat(Visitor.setCookies(response))
                    .singleElement()
                    .asString()
                    .startsWith("__Host-channels=")
                    .contains("; Secure; HttpOnly; SameSite=Lax");
            assertThat(log.await("plain HTTP")).contains("channels.http.trusted-proxies");
            assertThat(visitor.get("/who").body()).isEqualTo("Ada");
            assertThat(visitor.with(visitor.cookie().replace("__Host-", ""))
                            .get("/who")
                            .body())
                    .isEqualTo("nobody");
        }
    }
}
