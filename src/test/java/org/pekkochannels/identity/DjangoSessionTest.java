package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that Django 3.2.25 wrote at 2026-01-01T00:00:00Z. */
class DjangoSessionTest {
    static final String KEY = "pekko-channels-test-key-0123456789";
    private static final String SALT = "django.contrib.sessions.SessionStoresigner";
    static final String LOGIN =
            ".eJxVjDsOwyAQBe9CHSED5pcyvc-AFu8SnEQgGbuKcvcYyUXSvpl5bxZg33LYG61hQXZlll1-twjzk0oH-IByr3yuZVuXyLvCT9r4VJFet9P9O8jQ8lF7NyY3kEIU1jiUShsC0M4qSlGKKDW4FI0VSQMYkl6boQej9HAYin2-5J04Fw:1vb66i:w80vhCb2uB2ErHTQayYb2FJiDyELw-j_MoJgF3sW7Nw";
    static final String PASSWORD = "pbkdf2_sha256$260000$fixedsalt12345$YnTDtGNQ89kqPgFSp9H792UFr8SpWSb1TdegEsvD/yI=";

    private final DjangoSigner sessions = new DjangoSigner(SALT, List.of(KEY));
    private final DjangoSigner passwords =
            new DjangoSigner("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash", List.of(KEY));

    @Test
    void hasTheUserOfALogin() throws Exception {
        DjangoSession login = DjangoSession.read(LOGIN, sessions).orElseThrow();

        assertThat(login.userId()).isEqualTo("7");
        assertThat(passwords.isHex(PASSWORD, login.passwordHash())).isTrue();
        assertThat(passwords.isHex(PASSWORD + "x", login.passwordHash())).isFalse();
        assertThat(passwords.isHex(PASSWORD, "no digits")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eyJuIjoxfQ:1vb66i:kW2MawEX-uavDYPipAqWxZB_lvpYQ5Ez7XzWtOQBbwU",
                "e30:1vb66i:yoERGkYbUHZ6ihvPzFDyZ0pyAwkXtxKFd8DFoBbpA-Y",
                "eyJuYW1lIjoiWm9cdTAwZWIgXHUyMGFjIiwiZW1vamkiOiJcdWQ4M2RcdWRlMDAifQ:1vb66i:e4WhjsQmJBraEq4hYSoogoH7EZAaLRdGUT7mEQx7bJc",
                "eyJfc2Vzc2lvbl9leHBpcnkiOjEyMDAsImEiOlsxLDIuNSxudWxsLHRydWVdfQ:1vb66i:bi4kosbKpb-zgiGnpriNxTj3mHGabW0ZuIKuxek0ADI"
            })
    void hasNoUserWithoutALogin(String data) throws Exception {
        assertThat(DjangoSession.read(data, sessions)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // The last character of the signature, then a legacy session, then SHA-1.
                "eyJuIjoxfQ:1vb66i:kW2MawEX-uavDYPipAqWxZB_lvpYQ5Ez7XzWtOQBbwV",
                "YjNhYTVmYTNmNjM0NjA1ZDZiOThiNDFmYTQxNDRhZjNkZDI3YTZiMzp7Im4iOjF9",
                "eyJuIjoxfQ:1vb66i:0qHAx2dtYtCXedPFjeu2DnMcjc4",
                "eyJuIjoxfQ:1vb66i:",
                ":",
                ""
            })
    void refusesWhatIsNotSigned(String data) {
        assertThatThrownBy(() -> DjangoSession.read(data, sessions))
                .isInstanceOf(DjangoSession.UnreadableException.class)
                .hasMessageContaining("secret-key");
    }

    @Test
    void readsWhatAFormerKeyHasSigned() throws Exception {
        DjangoSigner rotated = new DjangoSigner(SALT, List.of("the new key", KEY));

        assertThat(DjangoSession.read(LOGIN, rotated)).isPresent();
    }
}
