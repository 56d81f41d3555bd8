package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** Session and user of WebSockets, with both kinds of consumers. */
@Tag("edge")
final class SessionSocketsTest {
    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = LoginApplication.start("");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @AfterEach
    void leave() {
        application.awaitNoConnections();
    }

    private static Visitor ada() {
        Visitor visitor = new Visitor(application);
        visitor.post("/login/Ada");
        return visitor;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void knowTheUserOfThePage(String path) {
        JdkClient member = ada().connect(path);
        JdkClient stranger = new Visitor(application).connect(path);
        JdkClient forged =
                new Visitor(application).with("channels=" + "a".repeat(43)).connect(path);

        assertThat(member.next()).isEqualTo("Ada");
        assertThat(stranger.next()).isEqualTo("nobody");
        assertThat(forged.next()).isEqualTo("nobody");
        member.close(1000, "");
        stranger.close(1000, "");
        forged.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void saveForTheNextPage(String path) {
        Visitor visitor = ada();
        JdkClient socket = visitor.connect(path);
        socket.next();

        socket.send("hello");

        assertThat(socket.next()).isEqualTo("Ada hello");
        JdkClient second = visitor.connect(path);
        second.next();
        second.send("refresh");
        assertThat(second.next()).isEqualTo("Ada hello");
        socket.close(1000, "");
        second.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void seeAConflictAndRepeatTheChange(String path) {
        Visitor visitor = ada();
        JdkClient socket = visitor.connect(path);
        socket.next();
        visitor.get("/count");

        assertThat(socket.send("hello").next()).isEqualTo("SessionConflictException");
        assertThat(socket.send("refresh").next()).isEqualTo("Ada nothing");
        assertThat(socket.send("again").next()).isEqualTo("Ada again");
        socket.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void seeALogoutElsewhere(String path) {
        Visitor visitor = ada();
        JdkClient socket = visitor.connect(path);
        JdkClient other = visitor.connect(path);
        socket.next();
        other.next();

        assertThat(other.send("logout").next()).isEqualTo("nobody nothing");

        assertThat(socket.send("hello").next()).isEqualTo("SessionConflictException");
        assertThat(socket.send("refresh").next()).isEqualTo("nobody nothing");
        assertThat(visitor.get("/who").body()).isEqualTo("nobody");
        socket.close(1000, "");
        other.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void logOutThemselves(String path) {
        Visitor visitor = ada();
        JdkClient socket = visitor.connect(path);
        socket.next();

        assertThat(socket.send("logout").next()).isEqualTo("nobody nothing");

        assertThat(visitor.get("/who").body()).isEqualTo("nobody");
        socket.close(1000, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void beginNoSession(String path) {
        JdkClient socket = new Visitor(application).connect(path);
        socket.next();

        assertThat(socket.send("hello").next()).isEqualTo("IllegalStateException");
        socket.close(1000, "");
    }

    @Test
    void haveNoSessionWithoutTheMiddleware() {
        assertThat(application.refusal("/ws/without/").statusCode()).isEqualTo(500);
    }
}
