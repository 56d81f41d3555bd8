package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.CloseReason;

/** How a consumer of either kind relays the newest event of each key. */
class RelayLatestTest extends ConsumerTestSystem {
    private Door board(boolean blocking, Function<Event, String> key) {
        return Door.open(
                kit,
                blocking
                        ? context -> new SyncWebSocketConsumer(context) {
                            {
                                relayLatest("price", key);
                            }

                            @Override
                            protected void connect() {
                                group("all").add();
                                accept();
                            }
                        }
                        : context -> new WebSocketConsumer(context) {
                            {
                                relayLatest("price", key);
                            }

                            @Override
                            protected CompletionStage<?> connect() {
                                return group("all").add().thenCompose(joined -> accept());
                            }
                        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void relaysEachEventToAClientThatReads(boolean blocking) {
        Door door = board(blocking, Event::json);

        layer().groupSend("all", "price", 1);
        layer().groupSend("all", "price", 1);
        layer().groupSend("all", "price", 2);

        assertThat(door.next(3)).containsExactly("1", "1", "2");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesWith1011WhenTheKeyThrows(boolean blocking) {
        Door door = board(blocking, event -> {
            throw new AssertionError("planted");
        });

        layer().groupSend("all", "price", 1);

        assertThat(door.next())
                .isInstanceOfSatisfying(
                        CloseReason.class, reason -> assertThat(reason.code()).isEqualTo(1011));
        door.leave(CloseReason.of(1011));
        door.awaitStop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @SuppressWarnings("NullAway")
    void closesWith1011WhenTheKeyIsNull(boolean blocking) {
        Door door = board(blocking, event -> null);

        layer().groupSend("all", "price", 1);

        assertThat(door.next())
                .isInstanceOfSatisfying(
                        CloseReason.class, reason -> assertThat(reason.code()).isEqualTo(1011));
        door.leave(CloseReason.of(1011));
        door.awaitStop();
    }

    @Test
    void isRegisteredOnceAndInTheConstructor() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                relayLatest("price", Event::json);
                assertThatThrownBy(() -> relay("price"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("two handlers for events of type 'price'");
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                assertThatThrownBy(() -> relayLatest("late", Event::json))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("after its constructor");
                assertThatThrownBy(() -> on("late", String.class, this::send))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("after its constructor");
                return send("refused");
            }
        });

        assertThat(door.tell("try").next()).isEqualTo("refused");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
