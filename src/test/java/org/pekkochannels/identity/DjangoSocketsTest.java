package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.identity.SessionSystem.await;

import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.Refusal;

/** WebSockets of users who are logged in on a Django site, which ends their sessions. */
@Tag("edge")
final class DjangoSocketsTest {
    private static final Attribute<String> USER = new Attribute<>("user", String.class);
    private static final String KEY = "abcdefghijklmnopqrstuvwxyz012345";
    private static final JdkClient.Closed ENDED = new JdkClient.Closed(4401, "session ended");
    private static RunningApplication application;

    private static final class AsyncUser extends WebSocketConsumer {
        AsyncUser(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(scope().attribute(USER).orElseThrow()));
        }
    }

    private static final class SyncUser extends SyncWebSocketConsumer {
        SyncUser(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send(scope().attribute(USER).orElseThrow());
        }
    }

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "channels.session.check-interval = 1s, channels.django.secret-key = \"" + DjangoSessionTest.KEY + "\"",
                channels -> channels.beforeStart(system -> Database.get(system).useHandle(DjangoSocketsTest::create))
                        .through(
                                system ->
                                        DjangoSessions.ofUserIds(system).require(USER, Refusal.of(401, "log in first")),
                                inside -> inside.websocket("ws/async/", AsyncUser::new)
                                        .websocket("ws/sync/", SyncUser::new)));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static void create(Handle handle) {
        handle.execute("create table django_session (session_key varchar(40) not null primary key,"
                + " session_data text not null, expire_date timestamp not null)");
        handle.execute("create table auth_user (id integer not null primary key, password varchar(128) not null,"
                + " is_active bool not null)");
    }

    @BeforeEach
    void logIn() {
        await(application.database().useHandle(handle -> {
            handle.execute("delete from django_session");
            handle.execute("delete from auth_user");
            handle.execute(
                    "insert into django_session values (?, ?, '2100-01-01 00:00:00')", KEY, DjangoSessionTest.LOGIN);
            handle.execute("insert into auth_user values (7, ?, true)", DjangoSessionTest.PASSWORD);
        }));
    }

    private static Visitor visitor() {
        return new Visitor(application).with("sessionid=" + KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "/ws/async/, delete from django_session",
        "/ws/sync/, delete from django_session",
        "/ws/async/, update auth_user set password = 'another'",
        "/ws/sync/, update auth_user set is_active = false",
    })
    void closeWhenTheSiteEndsTheSession(String path, String statement) {
        JdkClient socket = visitor().connect(path);
        assertThat(socket.next()).isEqualTo("7");

        await(application.database().useHandle(handle -> handle.execute(statement)));

        assertThat(socket.next()).isEqualTo(ENDED);
        application.awaitNoConnections();
    }

    @Test
    void areRefusedWithoutALogin() {
        assertThat(application.refusal("/ws/async/").statusCode()).isEqualTo(401);
    }
}
