package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Scope;

/** An application's loader, users and values that are wrong harm only their own request. */
final class FaultyLoaderTest {
    private static final Sessions<String> SESSIONS = Sessions.of(new Faulty());
    private static volatile Fault fault = Fault.NONE;
    private static RunningApplication application;

    enum Fault {
        NONE,
        NULL,
        EXCEPTION,
        CHECKED_EXCEPTION,
        LINKAGE_ERROR,
        STACK_OVERFLOW
    }

    /** The id is the user. */
    private static final class Faulty implements UserLoader<String> {
        @Override
        @SuppressWarnings("NullAway")
        public Optional<String> load(Handle handle, String id) throws Exception {
            return switch (fault) {
                case NONE -> Optional.of(id);
                case NULL -> null;
                case EXCEPTION -> throw new IllegalStateException("planted");
                case CHECKED_EXCEPTION -> throw new Exception("planted");
                case LINKAGE_ERROR -> throw new LinkageError("planted");
                case STACK_OVERFLOW -> throw new StackOverflowError("planted");
            };
        }

        @Override
        public String id(String user) {
            return user;
        }
    }

    private static final class Who extends WebSocketConsumer {
        Who(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(SESSIONS.user(scope()).orElse("nobody")));
        }
    }

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "",
                channels -> channels.beforeStart(SESSIONS::createTable)
                        .through(SESSIONS::middleware, inside -> inside.websocket("ws/", Who::new))
                        .http(system -> SESSIONS.session(system, FaultyLoaderTest::pages)));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Route pages(WebSession<String> session) {
        return Directives.concat(
                Directives.path("login", () -> {
                    session.login("ada");
                    return Directives.complete("welcome");
                }),
                Directives.path(
                        "loaded", () -> Directives.complete(session.user().orElse("nobody"))));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void failsOnlyItsOwnRequest(Fault planted) {
        Visitor visitor = new Visitor(application);
        visitor.post("/login");
        try {
            fault = planted;

            assertThat(visitor.get("/loaded").statusCode()).isEqualTo(500);
            assertThatThrownBy(() -> visitor.connect("/ws/")).hasStackTraceContaining("WebSocketHandshakeException");
            assertThat(new Visitor(application).get("/loaded").body()).isEqualTo("nobody");
        } finally {
            fault = Fault.NONE;
        }

        assertThat(visitor.get("/loaded").body()).isEqualTo("ada");
        JdkClient socket = visitor.connect("/ws/");
        assertThat(socket.next()).isEqualTo("ada");
        socket.close(1000, "");
        application.awaitNoConnections();
    }

    private static WebSession<String> page() {
        SessionService<String> service = SessionsExtension.of(application.system())
                .service(SESSIONS, Users.of(new Faulty()), Optional.empty(), false);
        return SessionSystem.await(service.load(Scope.of("/"), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ada", "ada ", "a\nb", "\ud83d", "LONG"})
    void isRejectedWithAnIdThatNoDatabaseKeeps(String id) {
        String tried = id.equals("LONG") ? "x".repeat(201) : id;
        WebSession<String> session = page();

        assertThatThrownBy(() -> session.login(tried))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the id of a user must have 1 to 200 characters");
        assertThat(session.user()).isEmpty();
        assertThat(session.isUnsaved()).isFalse();
    }

    /** Refers to itself. */
    static final class Endless {
        @JsonProperty
        Endless again() {
            return this;
        }
    }

    /** Fails when it is written. */
    static final class Unwritable {
        @JsonProperty
        String secret() {
            return new ArrayList<String>().get(0);
        }
    }

    @Test
    void keepsTheValuesThatItHasWhenAnotherIsWrong() {
        WebSession<String> session = page();
        session.put("kept", 1);

        for (Object wrong : List.of(new Endless(), new Unwritable(), new Object(), endlessList())) {
            assertThatThrownBy(() -> session.put("wrong", wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> session.put("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> session.put("x".repeat(101), 1)).isInstanceOf(IllegalArgumentException.class);

        assertThat(session.names()).containsExactly("kept");
    }

    private static List<Object> endlessList() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        return endless;
    }

    @Test
    void showsNoValueOfAnotherClass() {
        WebSession<String> session = page();
        session.put("secret", "planted-secret");

        assertThatThrownBy(() -> session.get("secret", Integer.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the session's value 'secret' is not a java.lang.Integer; remove it, or read its class")
                .hasNoCause();
        assertThat(session.toString()).isEqualTo("WebSession[anonymous]");
    }

    @Test
    void belongsToOneDefinitionOfSessions() {
        Scope scope = Scope.of("/ws/");

        assertThatThrownBy(() -> Sessions.ofUserIds().session(scope))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Channels.through(sessions::middleware, ..)");
    }
}
