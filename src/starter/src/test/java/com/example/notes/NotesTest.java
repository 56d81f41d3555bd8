package com.example.notes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.ChannelsServer;

/** The application on a free port, with a database in memory, and clients that use its WebSocket. */
class NotesTest {
    private final ChannelsServer server = NotesServer.start(
            ConfigFactory.parseString("""
                    channels.http.port = 0
                    channels.database.url = "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1"
                    """.formatted(UUID.randomUUID())).withFallback(ConfigFactory.load()));

    @AfterEach
    void stop() {
        server.stop().toCompletableFuture().join();
    }

    private Client connect() {
        return Client.connect("ws://localhost:" + server.address().getPort() + "/ws/notes/");
    }

    @Test
    void sendsANewNoteToEveryClient() throws InterruptedException {
        Client one = connect();
        Client two = connect();

        one.send("{\"type\": \"add\", \"text\": \"milk\"}");

        assertEquals("{\"type\":\"added\",\"id\":1,\"text\":\"milk\"}", one.next());
        assertEquals("{\"type\":\"added\",\"id\":1,\"text\":\"milk\"}", two.next());
    }

    @Test
    void sendsStoredNotesToALaterClient() throws InterruptedException {
        Client one = connect();
        one.send("{\"type\": \"add\", \"text\": \"milk\"}");
        one.next();

        assertEquals(
                "{\"type\":\"added\",\"id\":1,\"text\":\"milk\"}", connect().next());
    }

    @Test
    void removesANote() throws InterruptedException {
        Client one = connect();
        one.send("{\"type\": \"add\", \"text\": \"milk\"}");
        one.next();

        one.send("{\"type\": \"remove\", \"id\": 1}");

        assertEquals("{\"type\":\"removed\",\"id\":1,\"text\":\"\"}", one.next());
    }

    @Test
    void closesWhenANoteIsTooLong() throws InterruptedException {
        Client one = connect();

        one.send("{\"type\": \"add\", \"text\": \"" + "a".repeat(201) + "\"}");

        assertEquals("closed with 1008 invalid message", one.next());
    }
}
