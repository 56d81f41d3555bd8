package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import org.junit.jupiter.api.RepeatedTest;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.database.Database;

@FreshDatabase
@ChannelsTest
final class FreshDatabaseTest {
    static ChannelsServer start(Config config) {
        return Channels.load(config)
                .beforeStart(system -> Database.get(system)
                        .useHandle(handle -> handle.execute("create table notes (note varchar(100) not null)")))
                .websocket("ws/notes/", Notes::new)
                .start();
    }

    private static final class Notes extends SyncWebSocketConsumer {
        Notes(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            handle().execute("insert into notes values (?)", text);
            send(handle().createQuery("select count(*) from notes")
                    .mapTo(String.class)
                    .one());
        }
    }

    @RepeatedTest(10)
    void eachTestBeginsWithoutTheRowsOfTheOthers(TestApplication app) {
        try (WebSocketCommunicator ada = app.connect("/ws/notes/")) {
            assertThat(ada.send("one").receiveText()).isEqualTo("1");
            assertThat(ada.send("two").receiveText()).isEqualTo("2");
        }
    }
}
