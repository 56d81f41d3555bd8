package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.identity.SessionSystem.await;

import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.Database;

/** How many calls of the database a handshake costs. */
final class DatabaseCallsTest {
    private static final String URL = "jdbc:h2:mem:calls;DB_CLOSE_DELAY=-1";
    private static final String KEYS = "channels.session.keys = [\"0123456789abcdef0123456789abcdef\"]";
    private static final Account ADA = new Account(1, "Ada", "hash of Ada");

    private static Jdbi counted(AtomicInteger connections) {
        return Jdbi.create(() -> {
            connections.incrementAndGet();
            return DriverManager.getConnection(URL);
        });
    }

    @Test
    void areOneForSessionAndUser() {
        try (SessionSystem sessions = new SessionSystem(URL, KEYS)) {
            await(sessions.service.store().createTable());
            await(sessions.database().useHandle(Accounts::create));
            WebSession<Account> page = sessions.page("");
            page.login(ADA);
            String key = sessions.key(page);
            AtomicInteger connections = new AtomicInteger();
            IdentitySettings settings =
                    IdentitySettings.of(sessions.system.settings().config());
            Database counted = Database.of(sessions.system, counted(connections));
            SessionStore<Account> table =
                    new JdbiSessionStore<>(counted, Users.of(sessions.accounts), settings, sessions.clock);
            SessionStore<Account> cookie = new CookieSessionStore<>(
                    Optional.of(counted), Users.of(sessions.accounts), settings, sessions.clock);
            String signed = await(cookie.write(new SessionChange(
                            SessionChange.Kind.CYCLE,
                            Optional.empty(),
                            Optional.of("1"),
                            Optional.of(ADA.password()),
                            SessionJson.object())))
                    .orElseThrow()
                    .key();

            sessions.clock.advance(Duration.ofHours(1));

            assertThat(await(table.find(key)).user()).contains(ADA);
            assertThat(connections.getAndSet(0))
                    .as("with a table, also when it is touched")
                    .isEqualTo(1);
            assertThat(await(cookie.find(signed)).user()).contains(ADA);
            assertThat(connections.getAndSet(0)).as("with a cookie").isEqualTo(1);
            await(sessions.database().useHandle(handle -> handle.execute("drop table account")));
        }
    }

    @Test
    void areNoneForNonsenseAndForIdsInCookies() {
        try (SessionSystem sessions = new SessionSystem(URL, KEYS)) {
            AtomicInteger connections = new AtomicInteger();
            IdentitySettings settings =
                    IdentitySettings.of(sessions.system.settings().config());
            Database counted = Database.of(sessions.system, counted(connections));
            SessionStore<String> table = new JdbiSessionStore<>(counted, Users.IDS, settings, sessions.clock);
            SessionStore<String> cookie =
                    new CookieSessionStore<>(Optional.of(counted), Users.IDS, settings, sessions.clock);
            StoredSession signed = await(cookie.write(new SessionChange(
                            SessionChange.Kind.CYCLE,
                            Optional.empty(),
                            Optional.of("ada"),
                            Optional.empty(),
                            SessionJson.object())))
                    .orElseThrow();

            assertThat(await(cookie.find(signed.key())).user()).contains("ada");
            for (String nonsense :
                    List.of("", "x", "a".repeat(42), "a".repeat(44), "'; drop table account --", "\u0000")) {
                assertThat(await(table.find(nonsense)).session()).isEmpty();
                assertThat(await(cookie.find(nonsense)).session()).isEmpty();
            }
            assertThat(connections).hasValue(0);
        }
    }
}
