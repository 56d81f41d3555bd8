package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.VerifiedToken;
import org.pekkochannels.identity.WebSession;

/** Tokens and tickets in a real browser, which has its own rules for subprotocols and cookies. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
final class TokenBrowserTest {
    private static final String TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.-_~";
    private static final Sessions<String> SESSIONS =
            Sessions.ofUserIds().withTokens(TokenBrowserTest::verify).withTickets();
    private static final String PAGE = """
            <!doctype html><title>Token</title><p id="state">new</p>
            <script>
                const state = document.querySelector("#state");
                const url = location.origin.replace("http", "ws") + "/ws/";
                function open(path, protocols) {
                    const socket = new WebSocket(url + path, protocols);
                    socket.onmessage = message => state.textContent = message.data + " over " + socket.protocol;
                    socket.onclose = event => state.textContent = "closed with " + event.code;
                    return socket;
                }
                function withToken(token) { open("", ["channels", "channels.bearer." + token]); }
                function logIn() {
                    const socket = open("", []);
                    socket.onopen = () => socket.send("log in");
                    socket.onmessage = async message => {
                        if (message.data === "hello nobody") return;
                        const response = await fetch("/login", { method: "POST", body: message.data });
                        state.textContent = "login " + response.status;
                        socket.onclose = null;
                        open("", []);
                    };
                }
            </script>
            """;

    private static CompletionStage<Optional<VerifiedToken>> verify(String token) {
        return CompletableFuture.completedFuture(
                token.equals(TOKEN) ? Optional.of(new VerifiedToken("ada", Optional.empty())) : Optional.empty());
    }

    private static final class Greeting extends WebSocketConsumer {
        private final WebSession<String> session = SESSIONS.session(scope());

        Greeting(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(
                            accepted -> send("hello " + session.user().orElse("nobody")));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return onTurn(session.loginTicket("bob")).thenCompose(this::send);
        }
    }

    @Test
    void opensAWebSocketWithATokenAndLogsInOnOne() {
        try (RunningApplication application = RunningApplication.start(
                        "",
                        channels -> channels.beforeStart(SESSIONS::createTable)
                                .through(SESSIONS::middleware, inside -> inside.websocket("ws/", Greeting::new))
                                .http(system -> SESSIONS.session(
                                        system,
                                        session -> Directives.concat(
                                                Directives.pathSingleSlash(() -> Directives.complete(
                                                        HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, PAGE))),
                                                Directives.path(
                                                        "login",
                                                        () -> SESSIONS.redeemTicket(
                                                                session,
                                                                () -> Directives.complete(
                                                                        StatusCodes.NO_CONTENT)))))));
                Browser browser = Browser.start()) {
            Browser.Window window = browser.open(application.http("/"));

            window.runScript("withToken('" + TOKEN + "')");
            window.waitForText("#state", "hello ada over channels");
            window.runScript("withToken('wrong')");
            window.waitForText("#state", "closed with 1006");
            window.runScript("logIn()");
            window.waitForText("#state", "hello bob over");

            assertThat(window.title()).isEqualTo("Token");
            browser.closeWindows();
        }
    }
}
