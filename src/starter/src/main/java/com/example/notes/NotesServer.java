package com.example.notes;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.http.javadsl.server.Directives;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Database;

/** Starts the application. */
public final class NotesServer {
    private NotesServer() {}

    public static void main(String[] args) {
        start(ConfigFactory.load());
    }

    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .beforeStart(system -> Database.get(system).useTransaction(Notes::createTable))
                .websocket("ws/notes/", NotesConsumer::new)
                .http(system -> Directives.pathSingleSlash(() -> Directives.getFromResource("notes.html")))
                .start();
    }
}
