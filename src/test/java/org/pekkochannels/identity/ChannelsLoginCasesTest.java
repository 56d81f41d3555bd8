package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.SessionSystem.await;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.Scope;

/**
 * The cases that Channels tests of {@code login}, {@code logout} and {@code get_user}, in {@code tests/security/test_auth.py}; each test
 * names its case. Those of origins are in the tests of the origin check.
 */
final class ChannelsLoginCasesTest {
    private static final Account BOB = new Account(2, "Bob", "hash of Bob");
    private static final Account BILL = new Account(1, "Ada", "hash of Ada");
    private static SessionSystem sessions;

    @BeforeAll
    static void start() {
        sessions = new SessionSystem("jdbc:h2:mem:cases;DB_CLOSE_DELAY=-1", "");
        await(sessions.service.createTables());
        await(sessions.database().useHandle(Accounts::create));
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    private static WebSession<Account> loggedIn(Account account) {
        WebSession<Account> session = sessions.page("");
        session.login(account);
        return sessions.page(sessions.key(session));
    }

    // tests/security/test_auth.py:test_login_no_session_in_scope
    @Test
    void aScopeWithoutASessionHasNoLogin() {
        Sessions<Account> without = Sessions.of(new Accounts());

        assertThatThrownBy(() -> without.session(Scope.of("/")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has no session");
    }

    // tests/security/test_auth.py:test_login_no_user_in_scope
    @Test
    @SuppressWarnings("NullAway")
    void aLoginNeedsAUser() {
        assertThatThrownBy(() -> sessions.page("").login(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the user of login(..)");
    }

    // tests/security/test_auth.py:test_login_user_as_argument
    @Test
    void aLoginIsKnownAtOnceAndInTheNextRequest() {
        WebSession<Account> session = sessions.page("");

        session.login(BOB);

        assertThat(session.user()).contains(BOB);
        assertThat(sessions.page(sessions.key(session)).user()).contains(BOB);
    }

    // tests/security/test_auth.py:test_login_change_user
    @Test
    void aLoginOfAnotherUserReplacesTheFirst() {
        WebSession<Account> session = loggedIn(BOB);

        session.login(BILL);

        assertThat(session.user()).contains(BILL);
        assertThat(sessions.page(sessions.key(session)).user()).contains(BILL);
    }

    // tests/security/test_auth.py:test_logout
    @Test
    void aLogoutLeavesNoUser() {
        WebSession<Account> session = loggedIn(BOB);

        session.logout();

        assertThat(session.user()).isEmpty();
        assertThat(sessions.key(session)).isEmpty();
    }

    // tests/security/test_auth.py:test_logout_not_logged_in
    @Test
    void aLogoutOfAStrangerInventsNoUser() {
        WebSession<Account> session = sessions.page("");

        session.logout();

        assertThat(session.user()).isEqualTo(Optional.empty());
        assertThat(sessions.key(session)).isEmpty();
    }
}
