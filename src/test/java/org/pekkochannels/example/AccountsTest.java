package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chat's accounts as a program sees them. */
final class AccountsTest {
    @TempDir
    private static Path directory;

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static AccountVisit visitor() {
        return new AccountVisit(server::page, server::socket);
    }

    private static AccountVisit member(String name) throws Exception {
        AccountVisit visitor = visitor();
        assertThat(visitor.signUp(name).statusCode()).isEqualTo(200);
        return visitor;
    }

    @Test
    void signsUpAndOutAndIn() throws Exception {
        AccountVisit grace = member("Grace");
        assertThat(grace.get("/account/").body()).contains("\"Grace\"");

        assertThat(grace.post("logout", "{}").statusCode()).isEqualTo(200);
        assertThat(grace.get("/account/").body()).doesNotContain("\"Grace\"");

        assertThat(grace.login("grace", AccountVisit.PASSWORD).body()).isEqualTo("{\"name\":\"Grace\"}");
        assertThat(grace.get("/account/").body()).contains("\"Grace\"");
    }

    @Test
    void aMemberSpeaksUnderTheAccountsNameWhateverTheFrameSays() throws Exception {
        AccountVisit linus = member("Linus");
        try (Client known = linus.enter("desk");
                Client guest = visitor().enter("desk")) {
            known.json();
            guest.json();
            known.send("{\"message\":\"mine\",\"name\":\"Eve\"}");
            assertSaid(guest.json(), "Linus", true);
            guest.send("{\"message\":\"also mine\",\"name\":\"Linus\"}");

            assertSaid(guest.json(), "Linus", false);
        }
        try (Client late = visitor().enter("desk")) {
            late.json();
            assertSaid(late.json(), "Linus", true);
            assertSaid(late.json(), "Linus", false);
        }
    }

    private static void assertSaid(JsonNode frame, String name, boolean member) {
        assertThat(frame.get("name").textValue()).isEqualTo(name);
        assertThat(frame.path("member").asBoolean()).isEqualTo(member);
    }

    @Test
    void theMembersRoomIsClosedToStrangers() throws Exception {
        assertThatThrownBy(() -> visitor().enter("members")).hasStackTraceContaining("403");
        assertThat(visitor().get("/chat/members/").statusCode()).isEqualTo(403);

        AccountVisit edsger = member("Edsger");
        assertThat(edsger.get("/chat/members/").statusCode()).isEqualTo(200);
        try (Client entered = edsger.enter("members")) {
            assertThat(entered.json().has("history")).isTrue();
        }
    }

    @Test
    void aLogoutEverywhereClosesTheSocketsOfAllBrowsersAndNoOthers() throws Exception {
        AccountVisit desk = member("Barbara");
        AccountVisit phone = visitor();
        phone.login("Barbara", AccountVisit.PASSWORD);
        AccountVisit other = member("Margaret");
        try (Client one = desk.enter("lobby");
                Client two = phone.enter("members");
                Client third = other.enter("hall")) {

            assertThat(desk.post("everywhere", "{}").statusCode()).isEqualTo(200);

            assertThat(one.closed()).startsWith("4401");
            assertThat(two.closed()).startsWith("4401");
            third.send("{\"message\":\"still here\"}");
            JsonNode frame = third.json();
            while (!frame.has("message")) { // who is there
                frame = third.json();
            }
            assertThat(frame.get("message").textValue()).isEqualTo("still here");
        }
        assertThat(phone.get("/chat/members/").statusCode()).isEqualTo(403);
        assertThat(visitor().post("everywhere", "{}").statusCode()).isEqualTo(401);
    }

    /** Who plants a session in somebody's browser does not share the login. */
    @Test
    void aPlantedSessionIsWorthlessAfterTheLogin() throws Exception {
        String planted = member("Mallory").cookie();
        AccountVisit victim = visitor().with(planted);

        victim.signUp("Victim");

        assertThat(victim.cookie()).isNotEqualTo(planted);
        assertThat(visitor().with(planted).get("/account/").body()).doesNotContain("Victim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zoë", "ZOË", "Zoe\u0308", "\uff3aoë"})
    void aNameIsTakenInAnySpelling(String name) throws Exception {
        visitor().signUp("zoë");

        assertThat(visitor().signUp(name).statusCode()).isEqualTo(409);
    }

    @Test
    void ofManyWhoSignUpUnderOneNameOneSucceeds() throws Exception {
        List<CompletableFuture<Integer>> all = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> status("Everyone")))
                .toList();
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<Integer> one : all) {
            statuses.add(one.get());
        }

        assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 409);
    }

    private static int status(String name) {
        try {
            return visitor().signUp(name).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void doesNotTellWhetherANameExists() throws Exception {
        member("Donald");

        HttpResponse<String> wrong = visitor().login("Donald", "wrong password");
        HttpResponse<String> unknown = visitor().login("Nobody Known", "wrong password");

        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo(wrong.body());
    }

    @Test
    void triesNoFurtherPasswordAfterTenWrongOnes() throws Exception {
        member("Alan");
        for (int i = 0; i < 10; i++) {
            assertThat(visitor().login("alan", "wrong " + i).statusCode()).isEqualTo(401);
        }

        assertThat(visitor().login("Alan", AccountVisit.PASSWORD).statusCode()).isEqualTo(429);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"\",\"password\":\"12345678\"}         | a name has letters and digits",
                "{\"name\":\"<b>\",\"password\":\"12345678\"}      | a name has letters and digits",
                "{\"name\":\"a\\u202eb\",\"password\":\"12345678\"} | a name has letters and digits",
                "{\"name\":\"Ada\",\"password\":\"1234567\"}       | A password has at least 8 characters",
                "{\"name\":\"Ada\"}                             | A password has at least 8 characters",
                "{\"password\":\"12345678\"}                    | a name has letters and digits",
                "{\"name\":[1]}                               | Send JSON such as",
                "{                                          | Send JSON such as"
            })
    void rejectsWhatCannotBeAnAccount(String json, String words) throws Exception {
        HttpResponse<String> response = visitor().post("sign-up", json);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(words);
    }

    @Test
    void rejectsAPasswordThatWouldTakeLongToHash() throws Exception {
        HttpResponse<String> response = visitor().login("Ada", "x".repeat(10_000));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("a password has at most 200 characters, was 10000");
    }

    @Test
    void refusesTheFormOfAnotherSite() throws Exception {
        HttpRequest forged = HttpRequest.newBuilder(server.page("/account/login"))
                .header("Content-Type", "application/json")
                .header("Origin", "https://evil.example")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Eve\",\"password\":\"12345678\"}"))
                .build();

        assertThat(Client.HTTP
                        .send(forged, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(403);
    }
}
