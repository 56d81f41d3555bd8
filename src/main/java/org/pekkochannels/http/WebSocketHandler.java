package org.pekkochannels.http;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ws.WebSocketUpgrade;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.SessionSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers upgrade requests: asks the application, spawns the consumer, waits for its decision; thread-safe. */
final class WebSocketHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketHandler.class);
    private static final Refusal GOING_AWAY = Refusal.of(503, "Service Unavailable");

    private final Application application;
    private final SessionSettings settings;
    private final Connections connections;
    private final Connection.Clock clock;
    private final ActorRef<ConsumerSupervisor.Command> supervisor;

    WebSocketHandler(ActorSystem<?> system, Application application, Connections connections) {
        Config config = system.settings().config();
        this.application = application;
        this.connections = connections;
        this.settings = SessionSettings.of(config);
        this.clock = new Connection.Clock(system.classicSystem().scheduler(), system.executionContext());
        this.supervisor = system.systemActorOf(ConsumerSupervisor.create(), "channels-consumers", Props.empty());
    }

    /** The answer to a request, if it is an upgrade to WebSocket. */
    Optional<CompletionStage<HttpResponse>> handle(HttpRequest request) {
        return request.getAttribute(AttributeKeys.webSocketUpgrade).map(upgrade -> upgrade(request, upgrade));
    }

    private CompletionStage<HttpResponse> upgrade(HttpRequest request, WebSocketUpgrade upgrade) {
        Scope scope;
        try {
            scope = Scopes.of(request, upgrade);
        } catch (IllegalArgumentException e) {
            return answer(Refusal.of(400, "Bad Request"));
        }
        return application
                .open(scope)
                .thenCompose(opening -> opening instanceof Opening.Proceed proceed
                        ? connect(key(request), scope, proceed)
                        : answer((Refusal) opening))
                .exceptionallyCompose(failure -> failed(scope, failure));
    }

    private CompletionStage<HttpResponse> connect(String key, Scope scope, Opening.Proceed proceed) {
        Connection connection = new Connection(key, scope, settings, clock, connections);
        if (!connections.add(connection)) {
            return answer(GOING_AWAY);
        }
        // First, for the connection lets go of its response when it has answered.
        CompletionStage<HttpResponse> response = connection.response();
        supervisor.tell(new ConsumerSupervisor.Spawn(connection, proceed.consumer()));
        return response;
    }

    /** Every upgrade has a key, or Pekko HTTP would not have taken the request for one. */
    private static String key(HttpRequest request) {
        return request.getHeader("Sec-WebSocket-Key").orElseThrow().value();
    }

    private CompletionStage<HttpResponse> failed(Scope scope, Throwable failure) {
        LOG.error("application failed to open {}", scope.path(), failure);
        return answer(Refusal.of(500, "Internal Server Error"));
    }

    private static CompletionStage<HttpResponse> answer(Refusal refusal) {
        return CompletableFuture.completedFuture(Responses.of(refusal));
    }
}
