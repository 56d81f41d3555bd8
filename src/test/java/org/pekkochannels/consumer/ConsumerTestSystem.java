package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.DatabaseStats;
import org.pekkochannels.layer.ChannelLayer;

/** An actor system with a database of its own for each test, and the proof that nothing of the test is left in it. */
abstract class ConsumerTestSystem {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final ActorTestKit kit = ActorTestKit.create("consumer-test", config(extraConfig()));

    /** Keys that a test class needs otherwise than by default. */
    String extraConfig() {
        return "";
    }

    @AfterEach
    void endsLeakFree() {
        DatabaseStats database = database().stats();
        int members = layer().stats().members();
        int channels = layer().stats().channels();
        kit.shutdownTestKit();

        assertThat(database.openHandles()).as("open handles").isZero();
        assertThat(members).as("group members").isZero();
        assertThat(channels).as("channels").isZero();
    }

    Database database() {
        return Database.get(kit.system());
    }

    ChannelLayer layer() {
        return ChannelLayer.get(kit.system());
    }

    private static Config config(String extra) {
        return ConfigFactory.parseString(extra)
                .withFallback(ConfigFactory.parseString("""
                        channels.database.url = "jdbc:h2:mem:consumer%d;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1"
                        pekko.coordinated-shutdown.terminate-actor-system = on
                        """.formatted(NUMBER.incrementAndGet())))
                .withFallback(ConfigFactory.load())
                .resolve();
    }
}
