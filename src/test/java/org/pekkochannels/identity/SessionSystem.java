package org.pekkochannels.identity;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.database.Database;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;

/** Sessions in an actor system without a server, whose clock a test moves. */
final class SessionSystem implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    final AdjustableClock clock = new AdjustableClock();
    final Accounts accounts = new Accounts();
    final ActorSystem system;
    final SessionService<Account> service;

    SessionSystem(String url, String config) {
        this(url, config, false);
    }

    SessionSystem(String url, String config, boolean tickets) {
        String all = config + "\nchannels.database.url = \"" + url + "\"\nchannels.session.cleanup-interval = off\n"
                + "channels.development = on\npekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off";
        system = ActorSystem.create(
                "sessions",
                ActorSystemSetup.create(
                        BootstrapSetup.create(ConfigFactory.load(ConfigFactory.parseString(all))),
                        new TimeSource.Replacement(Ticker.SYSTEM, clock)));
        service = new SessionService<>(Sessions.of(accounts), Users.of(accounts), Optional.empty(), tickets, system);
    }

    Database database() {
        return Database.get(system);
    }

    static Scope request(String cookies) {
        Scope plain = Scope.of("/");
        return cookies.isEmpty() ? plain : plain.withHeaders(List.of(new Header("Cookie", cookies)));
    }

    WebSession<Account> page(String key) {
        return await(service.load(request(key.isEmpty() ? "" : "channels=" + key), true));
    }

    WebSession<Account> socket(String key) {
        return await(service.load(request("channels=" + key), false));
    }

    /** Saves a page's session, and returns the browser's key from then on. */
    String key(WebSession<Account> session) {
        await(session.save());
        return session.seal().session().map(StoredSession::key).orElse("");
    }

    static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no result", e);
        }
    }

    @Override
    public void close() {
        await(database().stop());
        system.terminate();
        await(system.getWhenTerminated());
    }
}
