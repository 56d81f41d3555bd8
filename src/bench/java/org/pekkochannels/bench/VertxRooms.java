package org.pekkochannels.bench;

import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The rooms of one verticle: whoever speaks publishes once for each event loop that has members, and there the members
 * are written to in a loop. Confined to the verticle's event loop.
 *
 * <p>One subscription for each loop and not for each member: the event bus would dispatch every one of them.
 */
final class VertxRooms {
    private final EventBus bus;
    private final Map<String, Room> rooms = new HashMap<>();

    VertxRooms(EventBus bus) {
        this.bus = bus;
    }

    private record Room(Set<ServerWebSocket> members, MessageConsumer<String> heard) {}

    void join(String name, ServerWebSocket member) {
        rooms.computeIfAbsent(name, this::open).members().add(member);
        member.textMessageHandler(said -> bus.publish(name, answered(said)));
        member.closeHandler(closed -> leave(name, member));
    }

    private Room open(String name) {
        Set<ServerWebSocket> members = new LinkedHashSet<>();
        MessageConsumer<String> heard = bus.localConsumer(name);
        heard.handler(message -> members.forEach(member -> member.writeTextMessage(message.body())));
        return new Room(members, heard);
    }

    private void leave(String name, ServerWebSocket member) {
        Room room = rooms.get(name);
        if (room != null && room.members().remove(member) && room.members().isEmpty()) {
            rooms.remove(name);
            room.heard().unregister();
        }
    }

    private static String answered(String said) {
        return new JsonObject()
                .put("message", new JsonObject(said).getString("message"))
                .encode();
    }
}
