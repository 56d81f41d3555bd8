package org.pekkochannels.consumer;

import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.pekkochannels.concurrent.Development;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.SystemJson;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.settings.Settings;

/** The parts that all consumers of one actor system share. Thread-safe. */
final class ConsumerRuntime implements Extension {
    private static final Id ID = new Id();

    private final ConsumerSettings settings;
    private final WorkerSettings workers;
    private final int maxOutboundBytes;
    private final ChannelLayer layer;
    private final ConsumerWatch watch;
    private final ConsumerActivity activity;
    private final ConsumerCounters counts = new ConsumerCounters();
    private final EventHandlers handlers = new EventHandlers(counts);
    private final AfterCommit afterCommit;
    private final SystemJson systemJson;
    private final Json json;
    private final MessageTypes messageTypes;

    private ConsumerRuntime(ActorSystem<?> system) {
        settings = ConsumerSettings.of(system.settings().config());
        workers = WorkerSettings.of(system.settings().config());
        maxOutboundBytes = maxOutboundBytes(system);
        layer = ChannelLayer.get(system);
        systemJson = SystemJson.of(system);
        json = Json.of(systemJson);
        messageTypes = new MessageTypes(json);
        if (Settings.isDevelopment(system.settings().config())) {
            Development.watchBlockingCalls();
        }
        watch = new ConsumerWatch(system.classicSystem(), settings);
        activity = new ConsumerActivity(watch);
        watch.showIn(Meters.of(system));
        counts.showIn(Meters.of(system));
        afterCommit = new AfterCommit(layer, () -> Database.get(system).jdbi(), counts, maxOutboundBytes);
        afterCommit.showIn(Meters.of(system));
    }

    /** The WebSocket sessions read the same key with the same bounds. */
    private static int maxOutboundBytes(ActorSystem<?> system) {
        return Settings.of(system.settings().config(), "channels.websocket").bytes("max-outbound-bytes", 1024, 1 << 30);
    }

    private static final class Id extends ExtensionId<ConsumerRuntime> {
        @Override
        public ConsumerRuntime createExtension(ActorSystem<?> system) {
            return new ConsumerRuntime(system);
        }
    }

    static ConsumerRuntime get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    ConsumerSettings settings() {
        return settings;
    }

    WorkerSettings workers() {
        return workers;
    }

    /** {@code channels.websocket.max-outbound-bytes}. */
    int maxOutboundBytes() {
        return maxOutboundBytes;
    }

    ChannelLayer layer() {
        return layer;
    }

    ConsumerWatch watch() {
        return watch;
    }

    ConsumerActivity activity() {
        return activity;
    }

    ConsumerCounters counts() {
        return counts;
    }

    EventHandlers handlers() {
        return handlers;
    }

    SystemJson systemJson() {
        return systemJson;
    }

    Json json() {
        return json;
    }

    MessageTypes messageTypes() {
        return messageTypes;
    }

    AfterCommit afterCommit() {
        return afterCommit;
    }
}
