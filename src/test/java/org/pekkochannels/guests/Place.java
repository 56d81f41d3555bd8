package org.pekkochannels.guests;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.middleware.Middleware;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;

/** Where an application's code runs for one WebSocket, and what the client is to hear when it fails there. */
enum Place {
    APPLICATION(Answer.REFUSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return planted.raise();
        }
    },
    APPLICATION_STAGE(Answer.REFUSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return CompletableFuture.supplyAsync(planted::raise);
        }
    },
    MIDDLEWARE(Answer.REFUSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            Application inner = ConsumerBehavior.application(Echo::new);
            return inner.open(scope).thenApply(opening -> planted.raise());
        }
    },
    MIDDLEWARE_FUNCTION(Answer.REFUSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return Middleware.enrich(any -> planted.raise())
                    .apply(ConsumerBehavior.application(Echo::new))
                    .open(scope);
        }
    },
    BEHAVIOR_START(Answer.REFUSED) {
        @Override
        Behavior<Inbound> behavior(Planted planted) {
            return Behaviors.setup(context -> planted.raise());
        }
    },
    BEHAVIOR_BEFORE_IT_DECIDES(Answer.REFUSED) {
        @Override
        Behavior<Inbound> behavior(Planted planted) {
            return Behaviors.receiveMessage(inbound -> planted.raise());
        }
    },
    BEHAVIOR_AFTER_IT_ACCEPTED(Answer.CLOSED) {
        @Override
        Behavior<Inbound> behavior(Planted planted) {
            return Behaviors.receiveMessage(
                    inbound -> inbound instanceof Inbound.Connect connect ? accept(connect.wire()) : planted.raise());
        }
    },
    TASK_WHEN_DRAINED(Answer.CLOSED) {
        @Override
        Behavior<Inbound> behavior(Planted planted) {
            return Behaviors.receiveMessage(inbound -> {
                if (inbound instanceof Inbound.Connect connect) {
                    connect.wire().onDrained(planted::raise);
                    return accept(connect.wire());
                }
                return inbound instanceof Inbound.Closed ? Behaviors.stopped() : Behaviors.same();
            });
        }
    },
    CONSTRUCTOR(Answer.REFUSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return ConsumerBehavior.application(context -> planted.raise()).open(scope);
        }
    },
    CONNECT(Answer.REFUSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> connect() {
                    return planted.raise();
                }
            });
        }
    },
    RECEIVE(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return planted.raise();
                }
            });
        }
    },
    FAILED(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    throw new IllegalArgumentException("the first failure");
                }

                @Override
                protected CompletionStage<?> failed(Failure failure) {
                    return planted.raise();
                }
            });
        }
    },
    CONTINUATION(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return send(text).thenApplyAsync(sent -> planted.raise());
                }
            });
        }
    },
    DATABASE_CALL(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return database().withHandle(handle -> planted.raise());
                }
            });
        }
    },
    EVENT_HANDLER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                {
                    on("planted", String.class, event -> planted.raise());
                }

                @Override
                protected CompletionStage<?> receive(String text) {
                    return channelLayer().send(channelName(), Event.of("planted", text));
                }
            });
        }
    },
    MESSAGE_HANDLER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new WebSocketConsumer(context) {
                {
                    onMessage("planted", Object.class, message -> planted.raise());
                }

                @Override
                protected CompletionStage<?> receive(String text) throws Exception {
                    return super.receive("{\"type\":\"planted\"}");
                }
            });
        }
    },
    MESSAGE_MEMBER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new WebSocketConsumer(context) {
                {
                    onMessage("planted", Object.class, message -> done());
                }

                @Override
                protected String messageMember() {
                    return planted.raise();
                }
            });
        }
    },
    INVALID_MESSAGE(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new WebSocketConsumer(context) {
                {
                    onMessage("planted", Object.class, message -> done());
                }

                @Override
                protected CompletionStage<?> receive(String text) throws Exception {
                    return super.receive("{}");
                }

                @Override
                protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
                    return planted.raise();
                }
            });
        }
    },
    DISCONNECT(Answer.LEFT) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> disconnect(CloseReason reason) {
                    return planted.raise();
                }
            });
        }
    },
    EVERY(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    every(Duration.ofMillis(1), planted::raise);
                    return done();
                }
            });
        }
    },
    TIMER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return onTurn(new CompletableFuture<String>().completeOnTimeout(text, 1, TimeUnit.MILLISECONDS))
                            .thenApply(late -> planted.raise());
                }
            });
        }
    },
    DRAINED(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return drained().thenApply(drained -> planted.raise());
                }
            });
        }
    },
    JSON_ENCODER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return sendJson(new Encoded(planted));
                }
            });
        }
    },
    GROUP_ENCODER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return group("all").send("planted", new Encoded(planted));
                }
            });
        }
    },
    LAYER_JOIN(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return group(PlantedLayer.group(planted)).add();
                }
            });
        }
    },
    LAYER_SEND(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return group(PlantedLayer.group(planted)).send("planted", text);
                }
            });
        }
    },
    LAYER_SEND_TO_OTHERS(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    // Only a consumer with a channel can be a member.
                    return channelName().isEmpty()
                            ? done()
                            : group(PlantedLayer.group(planted)).sendToOthers("planted", text);
                }
            });
        }
    },
    RELAY_KEY(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                {
                    relayLatest("planted", event -> planted.raise());
                }

                @Override
                protected CompletionStage<?> receive(String text) {
                    return channelLayer().send(channelName(), Event.of("planted", text));
                }
            });
        }
    },
    LAYER_LEAVE(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return group(PlantedLayer.group(planted)).discard();
                }
            });
        }
    },
    ROW_MAPPER(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return database()
                            .withHandle(handle -> handle.createQuery("select 1")
                                    .map((row, statement) -> planted.raise())
                                    .one());
                }
            });
        }
    },
    BATCH_FUNCTION(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return database()
                            .<String, String>batched("planted-" + planted, 10, (handle, rows) -> planted.raise())
                            .add(text);
                }
            });
        }
    },
    SLICE_FUNCTION(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return database()
                            .<Integer, Integer>slices(0, row -> row, (handle, after) -> planted.raise())
                            .forEach(rows -> done().thenApply(sent -> true));
                }
            });
        }
    },
    METER(Answer.SERVED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new Echo(context) {
                @Override
                protected CompletionStage<?> receive(String text) {
                    return PlantedObservers.armed(planted, () -> database().withHandle(handle -> text))
                            .thenCompose(this::send);
                }
            });
        }
    },
    BLOCKING_RECEIVE(Answer.CLOSED) {
        @Override
        CompletionStage<Opening> open(Scope scope, Planted planted) {
            return opened(scope, context -> new SyncWebSocketConsumer(context) {
                @Override
                protected void receive(String text) {
                    planted.raise();
                }
            });
        }
    };

    private final Answer answer;

    /** What the client hears. */
    enum Answer {
        /** 500 instead of a WebSocket. */
        REFUSED,
        /** 1011 after its first message. */
        CLOSED,
        /** What it has sent. */
        SERVED,
        /** Nothing, as it leaves by itself. */
        LEFT
    }

    Place(Answer answer) {
        this.answer = answer;
    }

    Answer answer() {
        return answer;
    }

    /** Opens a connection whose code throws. */
    CompletionStage<Opening> open(Scope scope, Planted planted) {
        return CompletableFuture.completedFuture(new Opening.Proceed(behavior(planted)));
    }

    /** The actor of a place that has one of its own. */
    Behavior<Inbound> behavior(Planted planted) {
        throw new IllegalStateException(this + " has no behavior");
    }

    private static CompletionStage<Opening> opened(Scope scope, Function<ConsumerContext, Consumer> factory) {
        return ConsumerBehavior.application(factory).open(scope);
    }

    private static Behavior<Inbound> accept(Wire wire) {
        wire.accept(Acceptance.PLAIN);
        wire.endTurn(true);
        return Behaviors.same();
    }

    /** A value that Jackson asks for its text. */
    record Encoded(Planted planted) {
        @JsonValue
        String text() {
            return planted.raise();
        }
    }

    /** Sends each message back. */
    static class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }
}
