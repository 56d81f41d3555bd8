package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.model.headers.HttpCookie;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.unmarshalling.StringUnmarshallers;
import org.apache.pekko.http.javadsl.unmarshalling.Unmarshaller;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.identity.WebSession;
import org.pekkochannels.protocol.Refusal;

/** An application with users, sessions and pages, whose WebSockets say who is connected. */
final class SignedInApplication {
    static final Sessions<String> SESSIONS = Sessions.ofUserIds();

    private SignedInApplication() {}

    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .beforeStart(SESSIONS::createTable)
                .through(
                        SESSIONS::middleware,
                        inside -> inside.websocket("ws/who/", Who::new)
                                .websocket("ws/blocking/", BlockingWho::new)
                                .websocket("ws/members/", Members::new))
                .http(system -> Directives.concat(plain(), SESSIONS.session(system, SignedInApplication::pages)))
                .start();
    }

    private static Route plain() {
        return Directives.concat(
                Directives.path(
                        "chunks",
                        () -> Directives.complete(HttpEntities.create(
                                ContentTypes.TEXT_PLAIN_UTF8,
                                Source.range(1, 1000).map(number -> ByteString.fromString(number + ","))))),
                Directives.path(
                        "echo",
                        () -> Directives.entity(
                                Unmarshaller.entityToByteString(),
                                body -> Directives.extractRequest(request -> Directives.complete(request.method()
                                                .value()
                                        + " "
                                        + request.entity().getContentType().mediaType() + " "
                                        + body.utf8String())))),
                Directives.path(
                        "sum",
                        () -> Directives.entity(
                                Unmarshaller.entityToString(),
                                json -> Directives.complete(
                                        StatusCodes.CREATED,
                                        "{\"sum\":" + (json.contains("\"a\":40") ? 42 : 0) + "}"))),
                Directives.path(
                        "taste",
                        () -> Directives.setCookie(
                                HttpCookie.create("taste", "sweet")
                                        .withPath("/ws/")
                                        .withMaxAge(60),
                                () -> Directives.complete("kept"))));
    }

    record Terms(int a, int b) {}

    record Sum(int sum) {}

    private static Route pages(WebSession<String> session) {
        return Directives.concat(
                Directives.path("who", () -> Directives.complete(name(session.user()))),
                Directives.path(
                        "login",
                        () -> Directives.post(() -> Directives.formField(StringUnmarshallers.STRING, "name", name -> {
                            session.login(name);
                            return Directives.redirect(Uri.create("/who"), StatusCodes.SEE_OTHER);
                        }))),
                Directives.path(
                        "logout",
                        () -> Directives.post(() -> {
                            session.logout();
                            return Directives.complete("bye");
                        })));
    }

    static String name(Optional<String> user) {
        return user.orElse("nobody");
    }

    /** Answers with the user, and with a value of the session or the cookies. */
    private static final class Who extends WebSocketConsumer {
        Who(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(
                    switch (text) {
                        case "who" -> name(SESSIONS.user(scope()));
                        case "taste" -> scope().cookie("taste").orElse("none");
                        case "origin" -> scope().header("Origin").orElse("none");
                        default ->
                            SESSIONS.session(scope()).get(text, String.class).orElse("none");
                    });
        }
    }

    private static final class BlockingWho extends SyncWebSocketConsumer {
        BlockingWho(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            send(name(SESSIONS.user(scope())));
        }
    }

    private static final class Members extends WebSocketConsumer {
        Members(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return SESSIONS.user(scope()).isPresent() ? accept() : refuse(Refusal.of(401, "log in first"));
        }
    }
}
