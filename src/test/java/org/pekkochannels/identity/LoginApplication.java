package org.pekkochannels.identity;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.RunningApplication;

/** An application with a login, pages that count, and WebSockets of both kinds. */
final class LoginApplication {
    static final Sessions<Account> SESSIONS = Sessions.of(new Accounts());

    private LoginApplication() {}

    static RunningApplication start(String config) {
        return start(config, session -> Directives.reject());
    }

    /** A further node, which finds the tables. */
    static RunningApplication startSecond(String config) {
        return RunningApplication.start(config, channels -> serving(channels, session -> Directives.reject()));
    }

    static RunningApplication start(String config, Function<WebSession<Account>, Route> more) {
        return RunningApplication.start(
                config,
                channels -> serving(
                        channels.beforeStart(SESSIONS::createTable)
                                .beforeStart(system -> Database.get(system).useHandle(Accounts::create)),
                        more));
    }

    private static Channels serving(Channels channels, Function<WebSession<Account>, Route> more) {
        return channels.through(
                        SESSIONS::middleware,
                        inside -> inside.websocket("ws/async/", AsyncWho::new).websocket("ws/sync/", SyncWho::new))
                .websocket("ws/without/", AsyncWho::new)
                .http(system -> SESSIONS.session(
                        system, session -> Directives.concat(pages(system, session), more.apply(session))));
    }

    private static Route pages(ActorSystem<?> system, WebSession<Account> session) {
        return Directives.concat(
                Directives.path("who", () -> Directives.complete(name(session.user()))),
                Directives.path(
                        PathMatchers.segment("login").slash(PathMatchers.segment()),
                        name -> Directives.post(() -> Directives.onSuccess(
                                Database.get(system).withHandle(handle -> Accounts.named(handle, name)), account -> {
                                    session.login(account);
                                    return Directives.complete("welcome");
                                }))),
                Directives.path(
                        "logout",
                        () -> Directives.post(() -> {
                            session.logout();
                            return Directives.complete("bye");
                        })),
                Directives.path("count", () -> {
                    int count = session.get("count", Integer.class).orElse(0) + 1;
                    session.put("count", count);
                    return Directives.complete(String.valueOf(count));
                }),
                Directives.path("fail", () -> {
                    session.put("count", 100);
                    return Directives.complete(StatusCodes.INTERNAL_SERVER_ERROR, "failed");
                }));
    }

    static String name(Optional<Account> user) {
        return user.map(Account::name).orElse("nobody");
    }

    /** Says who is connected, and does with the session what it is told. */
    static final class AsyncWho extends WebSocketConsumer {
        AsyncWho(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            WebSession<Account> session = SESSIONS.session(scope());
            return accept().thenCompose(accepted -> send(name(session.user())));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            WebSession<Account> session = SESSIONS.session(scope());
            return onTurn(stage(session, text))
                    .<String>handle((done, failure) -> failure == null
                            ? answer(session)
                            : failure.getClass().getSimpleName())
                    .thenCompose(this::send);
        }

        private static CompletionStage<?> stage(WebSession<Account> session, String text) {
            if (text.equals("refresh")) {
                return session.refresh();
            }
            change(session, text);
            return session.save();
        }
    }

    private static void change(WebSession<Account> session, String text) {
        if (text.equals("logout")) {
            session.logout();
        } else {
            session.put("said", text);
        }
    }

    private static String answer(WebSession<Account> session) {
        return name(session.user()) + " " + session.get("said", String.class).orElse("nothing");
    }

    /** The same as a blocking consumer. */
    static final class SyncWho extends SyncWebSocketConsumer {
        SyncWho(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send(name(SESSIONS.user(scope())));
        }

        @Override
        protected void receive(String text) throws Exception {
            WebSession<Account> session = SESSIONS.session(scope());
            try {
                if (text.equals("refresh")) {
                    session.refresh(handle());
                } else {
                    change(session, text);
                    session.save(handle());
                }
                send(answer(session));
            } catch (SessionConflictException | IllegalStateException conflict) {
                send(conflict.getClass().getSimpleName());
            }
        }
    }
}
