package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.identity.SessionSystem.await;
import static org.pekkochannels.identity.SessionSystem.request;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.Scope;

/** Logins of a Django site, whose tables a database has; the login is that of 2026-01-01 in {@link DjangoSessionTest}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DjangoSessionsContract {
    private static final String KEY = "0123456789abcdefghijklmnopqrstuv";
    private static final String FAR = "2999-12-31 23:59:59.999999";

    private SessionSystem site;
    private DjangoSessions<String> sessions;

    abstract String url();

    /** The type of {@code expire_date} in Django's migrations for the database. */
    abstract String dateType();

    @BeforeAll
    void start() {
        site = new SessionSystem(url(), "channels.django.secret-key = \"" + DjangoSessionTest.KEY + "\"");
        sessions = DjangoSessions.ofUserIds(site.system);
    }

    @BeforeEach
    void logIn() {
        await(site.database().useHandle(handle -> {
            drop(handle);
            handle.execute(
                    "create table django_session (session_key varchar(40) not null primary key, session_data text not null, expire_date "
                            + dateType() + " not null)");
            handle.execute(
                    "create table auth_user (id integer not null primary key, password varchar(128) not null, is_active bool not null)");
            store(handle, KEY, DjangoSessionTest.LOGIN, FAR);
            handle.createUpdate("insert into auth_user values (7, ?, true)")
                    .bind(0, DjangoSessionTest.PASSWORD)
                    .execute();
        }));
    }

    @AfterAll
    void stop() {
        await(site.database().useHandle(DjangoSessionsContract::drop));
        site.close();
    }

    private static void drop(Handle handle) {
        handle.execute("drop table if exists django_session");
        handle.execute("drop table if exists auth_user");
    }

    /** The date as Django writes it: a literal, in UTC. */
    private static void store(Handle handle, String key, String data, String date) {
        handle.createUpdate("insert into django_session values (?, ?, '" + date + "')")
                .bind(0, key)
                .bind(1, data)
                .execute();
    }

    private void change(String statement) {
        await(site.database().useHandle(handle -> handle.execute(statement)));
    }

    private Optional<String> user(String cookies) {
        return await(sessions.user(request(cookies)));
    }

    @Test
    void haveTheUserOfTheCookie() {
        assertThat(user("theme=dark; sessionid=" + KEY)).contains("7");
    }

    @Test
    void areReadAgainTogether() {
        assertThat(await(sessions.valid(List.of(KEY, "a".repeat(32))))).containsOnlyKeys(KEY);
        change("update auth_user set password = 'another'");
        assertThat(await(sessions.valid(List.of(KEY)))).isEmpty();
    }

    @Test
    void readTheApplicationsUserOnTheSameHandle() {
        DjangoSessions<String> names = DjangoSessions.of(site.system, new UserLoader<>() {
            @Override
            public Optional<String> load(Handle handle, String id) {
                return handle.select("select 'Ada' from django_session")
                        .mapTo(String.class)
                        .findOne()
                        .map(name -> name + " " + id);
            }

            @Override
            public String id(String user) {
                return user;
            }
        });

        assertThat(await(names.user(request("sessionid=" + KEY)))).contains("Ada 7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update auth_user set is_active = false",
                "update auth_user set password = 'pbkdf2_sha256$260000$another'",
                "delete from auth_user",
                "delete from django_session"
            })
    void endAsTheSiteEndsThem(String statement) {
        change(statement);

        assertThat(user("sessionid=" + KEY)).isEmpty();
    }

    @Test
    void endWhenTheyExpire() {
        change("update django_session set expire_date = '2026-01-01 12:00:00'");

        site.clock.advance(Duration.ofHours(12).minusSeconds(1));
        assertThat(user("sessionid=" + KEY)).contains("7");
        site.clock.advance(Duration.ofSeconds(1));
        assertThat(user("sessionid=" + KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sessionid=",
                "sessionid=short",
                "sessionid=' or 1=1 --",
                "sessionid=" + KEY + "; sessionid=" + KEY
            })
    void needNoDatabaseForWhatIsNoKey(String cookies) {
        // A call of the database would fail.
        change("drop table django_session");

        assertThat(user(cookies)).isEmpty();
    }

    @Test
    void warnOfSessionsThatTheKeyHasNotSigned() {
        change("update django_session set session_data = 'e30:1vb66i:another'");

        try (RecordedLog log = new RecordedLog(DjangoSessions.class.getName())) {
            assertThat(user("sessionid=" + KEY)).isEmpty();
            assertThat(log.soFar("secret-key")).hasSizeLessThanOrEqualTo(1).noneMatch(line -> line.contains(KEY));
        }
    }

    @Test
    void areAnIdentitySource() {
        IdentitySource<String> source = sessions;

        assertThat(await(source.user(Scope.of("/")))).isEmpty();
    }
}
