package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.Database;
import org.pekkochannels.protocol.CloseReason;

/** Consumers that use a further database beside their own. */
class SecondDatabaseTest extends ConsumerTestSystem {
    @Override
    String extraConfig() {
        return "channels.databases.reporting { url = \"jdbc:h2:mem:reporting;DB_CLOSE_DELAY=-1\", threads = 1 }";
    }

    private static final class Asking extends WebSocketConsumer {
        Asking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database("reporting")
                    .withHandle(handle -> where()
                            + handle.select("select database()")
                                    .mapTo(String.class)
                                    .one())
                    .thenCompose(answer -> send(answer));
        }
    }

    private static final class AskingInBlockingCode extends SyncWebSocketConsumer {
        AskingInBlockingCode(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            String own = handle().select("select 'own'").mapTo(String.class).one();
            String other = database("reporting")
                    .withHandle(handle -> where()
                            + handle.select("select database()")
                                    .mapTo(String.class)
                                    .one())
                    .toCompletableFuture()
                    .join();
            send(own + " and " + other);
        }
    }

    private static String where() {
        return Thread.currentThread().getName() + ": ";
    }

    @Test
    void answersOnTheConsumersTurn() {
        Door door = Door.open(kit, Asking::new);

        door.tell("which");

        assertThat(door.next()).isEqualTo("channels-database-reporting-1: REPORTING");
        leave(door);
    }

    @Test
    void isWaitedForInsideABlockingCallback() {
        Door door = Door.open(kit, AskingInBlockingCode::new);

        door.tell("which");

        assertThat(door.next()).isEqualTo("own and channels-database-reporting-1: REPORTING");
        leave(door);
    }

    private void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        assertThat(Database.get(kit.system(), "reporting").stats().openHandles())
                .isZero();
    }
}
