package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.consumer.Consumer.Failure;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.UndecodablePayloadException;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Promise 3: a failing callback is logged with its scope and answered, whatever it throws. */
class ConsumerFailureTest extends FailureTestSystem {
    private final List<String> disconnects = new CopyOnWriteArrayList<>();

    /** Where an application's code fails. */
    private enum Place {
        CONSTRUCTOR(" constructor"),
        CONNECT(".connect()"),
        TEXT(".receive(String)"),
        BINARY(".receive(byte[])"),
        EVENT(".handler of 'note'"),
        TASK(".task"),
        FAILED(".failed(Failure)"),
        DISCONNECT(".disconnect(CloseReason)");

        private final String printed;

        Place(String printed) {
            this.printed = printed;
        }
    }

    private final class Asynchronous extends WebSocketConsumer {
        private final Place place;
        private final Planted planted;

        Asynchronous(ConsumerContext context, Place place, Planted planted) {
            super(context);
            this.place = place;
            this.planted = planted;
            raise(Place.CONSTRUCTOR);
            on("note", String.class, text -> {
                raise(Place.EVENT);
                return done();
            });
        }

        @Override
        protected CompletionStage<?> connect() {
            return group("all").add().thenCompose(joined -> {
                raise(Place.CONNECT);
                return accept();
            });
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (place == Place.TASK) {
                context().turn().execute(planted::raise);
            }
            raise(Place.TEXT);
            if (place == Place.FAILED) {
                throw new IllegalArgumentException("the first failure");
            }
            return done();
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            raise(Place.FAILED);
            return done();
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            raise(Place.BINARY);
            return done();
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            disconnects.add(reason.code() + " with " + layer().stats().members() + " members");
            raise(Place.DISCONNECT);
            return done();
        }

        private void raise(Place here) {
            if (place == here) {
                planted.raise();
            }
        }
    }

    private final class Blocking extends SyncWebSocketConsumer {
        private final Place place;
        private final Planted planted;

        Blocking(ConsumerContext context, Place place, Planted planted) {
            super(context);
            this.place = place;
            this.planted = planted;
            raise(Place.CONSTRUCTOR);
            on("note", String.class, text -> raise(Place.EVENT));
        }

        @Override
        protected void connect() {
            group("all").add();
            raise(Place.CONNECT);
            accept();
        }

        @Override
        protected void receive(String text) {
            if (place == Place.TASK) {
                context().turn().execute(planted::raise);
            }
            raise(Place.TEXT);
            if (place == Place.FAILED) {
                throw new IllegalArgumentException("the first failure");
            }
        }

        @Override
        protected void failed(Failure failure) {
            raise(Place.FAILED);
        }

        @Override
        protected void receive(byte[] bytes) {
            raise(Place.BINARY);
        }

        @Override
        protected void disconnect(CloseReason reason) {
            disconnects.add(reason.code() + " with " + layer().stats().members() + " members");
            raise(Place.DISCONNECT);
        }

        private void raise(Place here) {
            if (place == here) {
                planted.raise();
            }
        }
    }

    static Stream<Arguments> everythingEverywhere() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of(Planted.values())
                        .flatMap(planted ->
                                Stream.of(true, false).map(blocking -> Arguments.of(place, planted, blocking))));
    }

    @ParameterizedTest
    @MethodSource("everythingEverywhere")
    void answersTheClientWhateverACallbackThrows(Place place, Planted planted, boolean blocking) {
        Function<ConsumerContext, Consumer> factory =
                context -> blocking ? new Blocking(context, place, planted) : new Asynchronous(context, place, planted);

        if (place == Place.CONSTRUCTOR || place == Place.CONNECT) {
            Door door = Door.knock(kit, Scope.of("/ws/test/"), factory);
            assertThat(((Refusal) door.next()).status()).isEqualTo(500);
            door.awaitStop();
        } else {
            Door door = Door.open(kit, factory);
            provoke(door, place);
            if (place != Place.DISCONNECT) {
                assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
            }
            door.awaitStop();
        }

        assertThat(log.await(place.printed))
                .contains("/ws/test/")
                .contains(planted.type().getName());
        assertThat(failures()).isEqualTo(place == Place.FAILED ? 2 : 1);
        assertThat(disconnects)
                .isEqualTo(
                        switch (place) {
                            case CONSTRUCTOR -> List.of();
                            case CONNECT, DISCONNECT -> List.of("1006 with 0 members");
                            default -> List.of("1011 with 0 members");
                        });
    }

    private void provoke(Door door, Place place) {
        switch (place) {
            case EVENT -> layer().groupSend("all", Event.of("note", "hello"));
            case BINARY -> door.tell(new byte[1]);
            case DISCONNECT -> door.leave(CloseReason.LOST);
            default -> door.tell("hello");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT", "TEXT", "TASK", "EVENT"})
    void answersTheClientBeforeItRethrowsAFatalError(Place place) throws Exception {
        OutOfMemoryError fatal = new OutOfMemoryError("Java heap space, planted");
        CompletableFuture<Throwable> rethrown = new CompletableFuture<>();

        Door door = Door.knock(kit, intercepted(rethrown, context -> new WebSocketConsumer(context) {
            {
                on("note", String.class, text -> {
                    throw fatal;
                });
            }

            @Override
            protected CompletionStage<?> connect() {
                if (place == Place.CONNECT) {
                    throw fatal;
                }
                return group("all").add().thenCompose(joined -> accept());
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                if (place == Place.TEXT) {
                    throw fatal;
                }
                context().turn().execute(() -> {
                    throw fatal;
                });
                return done();
            }

            @Override
            protected CompletionStage<?> disconnect(CloseReason reason) {
                disconnects.add("" + reason.code());
                return done();
            }
        }));

        if (place == Place.CONNECT) {
            assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        } else {
            door.next();
            provoke(door, place);
            assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        }
        door.awaitStop();
        assertThat(rethrown.get(20, TimeUnit.SECONDS)).isSameAs(fatal);
        assertThat(disconnects).containsExactly(place == Place.CONNECT ? "1006" : "1011");
        assertThat(failures()).isEqualTo(1);
    }

    /** The process ends, so the application's code must not run again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void passesAFatalErrorToPekkoAndNotToTheConsumer(boolean blocking) throws Exception {
        OutOfMemoryError fatal = new OutOfMemoryError("Java heap space, planted");
        List<Failure> passed = new CopyOnWriteArrayList<>();
        CompletableFuture<Throwable> rethrown = new CompletableFuture<>();
        Door door = Door.knock(
                kit,
                intercepted(
                        rethrown,
                        context -> blocking
                                ? new SyncWebSocketConsumer(context) {
                                    @Override
                                    protected void receive(String text) {
                                        throw fatal;
                                    }

                                    @Override
                                    protected void failed(Failure failure) {
                                        passed.add(failure);
                                        keepOpen();
                                    }
                                }
                                : new WebSocketConsumer(context) {
                                    @Override
                                    protected CompletionStage<?> receive(String text) {
                                        throw fatal;
                                    }

                                    @Override
                                    protected CompletionStage<?> failed(Failure failure) {
                                        passed.add(failure);
                                        return keepOpen();
                                    }
                                }));
        door.next();

        door.tell("hello");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(rethrown.get(20, TimeUnit.SECONDS)).isSameAs(fatal);
        assertThat(passed).isEmpty();
        assertThat(log.await(".receive(String) on /ws/test/ failed")).contains("Java heap space, planted");
        assertThat(failures()).isEqualTo(1);
    }

    /** As the dispatcher's thread sees it, which would take the JVM down. */
    private static Behavior<Inbound> intercepted(
            CompletableFuture<Throwable> thrown, Function<ConsumerContext, Consumer> factory) {
        Behavior<Object> consumer =
                ConsumerBehavior.create(Scope.of("/ws/test/"), factory).unsafeCast();
        return Behaviors.<Object, Object>intercept(
                        () -> new BehaviorInterceptor<Object, Object>(Object.class) {
                            @Override
                            public Behavior<Object> aroundReceive(
                                    TypedActorContext<Object> context, Object message, ReceiveTarget<Object> target) {
                                try {
                                    return target.apply(context, message);
                                } catch (Throwable e) {
                                    thrown.complete(e);
                                    return Behaviors.stopped();
                                }
                            }
                        },
                        consumer)
                .narrow();
    }

    @Test
    void closesWith1011WhenAHandlerFailsToDecodeAnotherEvent() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            {
                on("note", String.class, text -> {
                    Event.of("other", "no number").payload(Integer.class);
                    return done();
                });
            }

            @Override
            protected CompletionStage<?> connect() {
                return group("all").add().thenCompose(joined -> accept());
            }
        });

        layer().groupSend("all", Event.of("note", "hello"));

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(log.await(Place.EVENT.printed)).contains(UndecodablePayloadException.class.getName());
        assertThat(failures()).isEqualTo(1);
    }

    private double failures() {
        return count("channels.consumer.failures");
    }
}
