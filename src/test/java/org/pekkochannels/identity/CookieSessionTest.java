package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.SessionSystem.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions that are in the cookie. */
final class CookieSessionTest {
    private static final String URL = "jdbc:h2:mem:cookies;DB_CLOSE_DELAY=-1";
    private static final String OLD = "old-0123456789abcdef0123456789abcdef";
    private static final String NEW = "new-0123456789abcdef0123456789abcdef";
    private static final Account ADA = new Account(1, "Ada", "hash of Ada");
    private static SessionSystem before;
    private static SessionSystem after;

    private static SessionSystem with(String keys) {
        return new SessionSystem(URL, "channels.session { store = cookie, keys = [" + keys + "], max-age = 10 days }");
    }

    @BeforeAll
    static void start() {
        before = with(OLD);
        after = with(NEW + ", " + OLD);
        await(before.database().useHandle(Accounts::create));
    }

    @AfterAll
    static void stop() {
        before.close();
        after.close();
    }

    private static String loggedIn(SessionSystem sessions) {
        WebSession<Account> session = sessions.page("");
        session.login(ADA);
        session.put("cart", List.of(1, 2));
        return sessions.key(session);
    }

    @Test
    void keepUserAndValues() {
        String cookie = loggedIn(before);

        WebSession<Account> session = before.page(cookie);

        assertThat(session.user()).contains(ADA);
        assertThat(session.get("cart", List.class)).contains(List.of(1, 2));
        assertThat(session.toString()).isEqualTo("WebSession[logged in]");
    }

    @Test
    void containNothingOfThePasswordAndItsHash() {
        String cookie = loggedIn(before);

        String content = new String(
                Base64.getUrlDecoder().decode(cookie.substring(0, cookie.indexOf('.'))), StandardCharsets.UTF_8);

        assertThat(content).contains("\"u\":\"1\"").doesNotContain("hash").doesNotContain("Ada");
    }

    @Test
    void liveOnWhenTheKeyIsReplaced() {
        String cookie = loggedIn(before);

        WebSession<Account> session = after.page(cookie);
        assertThat(session.user()).contains(ADA);
        session.put("more", 1);
        String signed = after.key(session);

        assertThat(after.page(signed).user()).contains(ADA);
        assertThat(before.page(signed).user()).as("signed with the new key").isEmpty();
        assertThat(before.page(signed).names()).isEmpty();
    }

    @Test
    void endWithTheUsersFingerprint() {
        await(before.database().useHandle(handle -> handle.execute("insert into account values (5, 'Eve', 'first')")));
        WebSession<Account> session = before.page("");
        session.login(new Account(5, "Eve", "first"));
        String cookie = before.key(session);
        assertThat(before.page(cookie).user()).isPresent();

        await(before.database()
                .useHandle(handle -> handle.execute("update account set password = 'next' where id = 5")));

        assertThat(before.page(cookie).user()).isEmpty();
        assertThat(before.page(cookie).names()).isEmpty();
    }

    @Test
    void endWithTheirAgeWhichAChangeDoesNotProlong() {
        String cookie = loggedIn(before);
        before.clock.advance(Duration.ofDays(9));
        WebSession<Account> session = before.page(cookie);
        session.put("late", 1);
        String changed = before.key(session);
        assertThat(before.page(changed).user()).isPresent();

        before.clock.advance(Duration.ofDays(1));

        assertThat(before.page(cookie).user()).isEmpty();
        assertThat(before.page(changed).user()).isEmpty();
    }

    @Test
    void sayTheirSizeWhenTheyAreTooLarge() {
        WebSession<Account> session = before.page("");
        session.put("small", "x".repeat(2900));

        assertThatThrownBy(() -> session.put("large", "x".repeat(2000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "a cookie takes at most 4096 bytes, and the session would take [0-9]{4}; keep larger"
                                + " values in a table, or set channels.session.store = database");

        assertThat(session.names()).containsExactly("small");
        assertThat(before.key(session).length()).isBetween(3900, 4096);
    }

    @Test
    void cannotBeSavedByASocket() {
        WebSession<Account> socket = before.socket(loggedIn(before));
        socket.put("n", 1);

        assertThatThrownBy(() -> await(socket.save()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a WebSocket cannot set a cookie");
        assertThatThrownBy(() -> socket.login(ADA))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("log in on a page");
    }

    @Test
    void areForgottenAtALogout() {
        WebSession<Account> session = before.page(loggedIn(before));

        session.logout();

        assertThat(before.key(session)).isEmpty();
    }
}
