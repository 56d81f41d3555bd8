package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;
import org.slf4j.LoggerFactory;

/** A message that a client names reaches the handler of that name, and no other text does. */
@ParameterizedClass
@EnumSource(NamedMessagesTest.Kind.class)
class NamedMessagesTest extends ConsumerTestSystem {
    private final Kind kind;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Logger logger = (Logger) LoggerFactory.getLogger(UnfitMessage.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    NamedMessagesTest(Kind kind) {
        this.kind = kind;
    }

    @SuppressWarnings("ImmutableEnumChecker") // constructors have no state
    enum Kind {
        ASYNCHRONOUS(Auction::new, PoliteAuction::new, Failing::new, Nameless::new),
        BLOCKING(SyncAuction::new, SyncPoliteAuction::new, SyncFailing::new, SyncNameless::new);

        private final Function<ConsumerContext, Consumer> auction;
        private final Function<ConsumerContext, Consumer> polite;
        private final Function<ConsumerContext, Consumer> failing;
        private final Function<ConsumerContext, Consumer> nameless;

        Kind(
                Function<ConsumerContext, Consumer> auction,
                Function<ConsumerContext, Consumer> polite,
                Function<ConsumerContext, Consumer> failing,
                Function<ConsumerContext, Consumer> nameless) {
            this.auction = auction;
            this.polite = polite;
            this.failing = failing;
            this.nameless = nameless;
        }
    }

    record Bid(
            int amount, Optional<String> comment, @Nullable String nickname, List<Integer> lots) {
        Bid {
            if (amount < 1) {
                throw new IllegalArgumentException("a bid must be at least 1, was " + amount);
            }
        }
    }

    record Ping() {}

    record Scores(Map<String, Integer> scores) {}

    record Page<T>(List<T> items) {}

    record Typed(String type, double value) {}

    private static class Auction extends WebSocketConsumer {
        Auction(ConsumerContext context) {
            super(context);
            onMessage("bid", Bid.class, bid -> send("bid " + bid.amount()));
            onMessage("ping", Ping.class, ping -> send("pong"));
            onMessage("page", new TypeReference<Page<Ping>>() {}, page -> send("page " + page.items()));
            onMessage("typed", Typed.class, this::sendJson);
            onMessage("any", JsonNode.class, this::sendJson);
            onMessage("scores", Scores.class, this::sendJson);
            on("news", String.class, this::send);
        }
    }

    private static class SyncAuction extends SyncWebSocketConsumer {
        SyncAuction(ConsumerContext context) {
            super(context);
            onMessage("bid", Bid.class, bid -> send("bid " + bid.amount()));
            onMessage("ping", Ping.class, ping -> send("pong"));
            onMessage("page", new TypeReference<Page<Ping>>() {}, page -> send("page " + page.items()));
            onMessage("typed", Typed.class, this::sendJson);
            onMessage("any", JsonNode.class, this::sendJson);
            onMessage("scores", Scores.class, this::sendJson);
            on("news", String.class, this::send);
        }
    }

    /** Answers instead of closing, and names messages by another member. */
    private static final class PoliteAuction extends Auction {
        PoliteAuction(ConsumerContext context) {
            super(context);
        }

        @Override
        protected String messageMember() {
            return "action";
        }

        @Override
        protected CompletionStage<?> receive(String text) throws Exception {
            return text.equals("hello") ? send("welcome") : super.receive(text);
        }

        @Override
        protected CompletionStage<?> malformed(String text, JsonProcessingException failure) {
            return send("what is " + text + "?");
        }

        @Override
        protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
            return send(String.valueOf(refusal.getMessage()));
        }
    }

    private static final class SyncPoliteAuction extends SyncAuction {
        SyncPoliteAuction(ConsumerContext context) {
            super(context);
        }

        @Override
        protected String messageMember() {
            return "action";
        }

        @Override
        protected void receive(String text) throws Exception {
            if (text.equals("hello")) {
                send("welcome");
            } else {
                super.receive(text);
            }
        }

        @Override
        protected void malformed(String text, JsonProcessingException failure) {
            send("what is " + text + "?");
        }

        @Override
        protected void invalid(IllegalArgumentException refusal) {
            send(String.valueOf(refusal.getMessage()));
        }
    }

    record Raising(Planted raised) {}

    record RaisingItself(Planted raised) {
        RaisingItself {
            raised.raise();
        }
    }

    /** Fails, and tells the client in which callback. */
    private static final class Failing extends WebSocketConsumer {
        Failing(ConsumerContext context) {
            super(context);
            onMessage("raise", Raising.class, message -> {
                message.raised().raise();
                return done();
            });
            onMessage("made", RaisingItself.class, message -> done());
        }

        @Override
        protected CompletionStage<?> failed(Failure failure) {
            return send(failure.callback() + " " + failure.text().orElseThrow());
        }
    }

    private static final class SyncFailing extends SyncWebSocketConsumer {
        SyncFailing(ConsumerContext context) {
            super(context);
            onMessage("raise", Raising.class, message -> message.raised().raise());
            onMessage("made", RaisingItself.class, message -> {});
        }

        @Override
        protected void failed(Failure failure) {
            send(failure.callback() + " " + failure.text().orElseThrow());
        }
    }

    @BeforeEach
    void record() {
        new ChannelsMetrics(kit.system()).bindTo(registry);
        logger.setLevel(Level.DEBUG);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopRecording() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private Object answer(Function<ConsumerContext, Consumer> factory, String text) {
        Door door = Door.open(kit, factory);
        door.tell(text.replace('\'', '"'));
        Object answer = door.next();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        return answer;
    }

    private String line() {
        assertThat(lines.list).hasSize(1);
        return lines.list.get(0).getFormattedMessage();
    }

    private double counted(String cause) {
        return registry.get("channels.consumer.unfit")
                .tag("kind", cause)
                .functionCounter()
                .count();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'bid','amount':5,'lots':[1]}               | bid 5",
                "{'lots':[1],'amount':5,'type':'bid','type':'ping'} | bid 5",
                "{'more':{'type':'ping'},'type':'bid','amount':5,'lots':[],'comment':null} | bid 5",
                "{'ty\\u0070e':'bid','amount':5,'lots':[]}          | bid 5",
                "{'type':'ping','more':1}                           | pong",
                "{'type':'page','items':[{},{}]}                    | page [Ping[], Ping[]]",
                "{'value':1.5,'type':'typed'}                       | {'type':'typed','value':1.5}",
                "{'type':'any','a':[null]}                          | {'type':'any','a':[null]}"
            })
    void callsTheHandlerThatTheMessageNames(String text, String answer) {
        assertThat(answer(kind.auction, text)).isEqualTo(answer.replace('\'', '"'));
        assertThat(lines.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "{",
                "{} {}",
                "{'type':'ping'",
                "{'type':'ping'} x",
                "{'type':'nope'} x",
                "[1"
            })
    void closesWith1007WhatIsNotJson(String text) {
        assertThat(answer(kind.auction, text)).isEqualTo(new CloseReason(1007, "malformed JSON"));

        assertThat(line()).contains("received a text that is not JSON");
        assertThat(counted("syntax")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "7",
                "'bid'",
                "['bid']",
                "{}",
                "{'type':'nope'}",
                "{'type':'BID','amount':1,'lots':[]}",
                "{'type':null}",
                "{'type':['bid']}",
                "{'type':{'type':'bid'}}",
                "{'Type':'ping'}",
                "{'type':'news'}",
                "{'type':'java.lang.String'}",
                "{'type':'bid','lots':[]}",
                "{'type':'bid','amount':null,'lots':[]}",
                "{'type':'bid','amount':1,'lots':null}",
                "{'type':'bid','amount':1}",
                "{'type':'bid','amount':1.9,'lots':[]}",
                "{'type':'bid','amount':'1','lots':[]}",
                "{'type':'bid','amount':3000000000,'lots':[]}",
                "{'type':'bid','amount':1,'lots':[],'comment':1}",
                "{'type':'typed','value':1e400}",
                "{'type':'any','value':1e400}",
                "{'type':'page','items':[7]}"
            })
    void closesWith1008JsonThatIsNotAMessage(String text) {
        assertThat(answer(kind.auction, text)).isEqualTo(new CloseReason(1008, "invalid message"));

        assertThat(line()).contains("Auction on /ws/test/ received a text that does not fit ");
        assertThat(counted("shape")).isEqualTo(1);
    }

    @Test
    void closesWith1008WhatTheTypeRefuses() {
        assertThat(answer(kind.auction, "{'type':'bid','amount':0,'lots':[]}"))
                .isEqualTo(new CloseReason(1008, "invalid message"));

        assertThat(line())
                .contains("message 'bid' of " + Bid.class.getName() + " refused at ")
                .endsWith("IllegalArgumentException: a bid must be at least 1, was 0");
        assertThat(counted("value")).isEqualTo(1);
    }

    @Test
    void logsWhichMemberIsOfAnotherShapeAndNotItsValue() {
        answer(kind.auction, "{'type':'bid','amount':'hunter2','lots':[]}");

        assertThat(line())
                .contains("does not fit message 'bid' of " + Bid.class.getName() + " at .amount, line 1, column ")
                .doesNotContain("hunter2");
    }

    @Test
    void logsAnUnknownNameWithoutTheName() {
        answer(kind.auction, "{'type':'hunter2'}");

        assertThat(line())
                .contains("does not fit the name of a message in onMessage(..) at .type")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello                                      | welcome",
                "{'action':'ping'}                          | pong",
                "{'action'                                  | what is {'action'?",
                "{'type':'ping'}                            | invalid message at .action",
                "{'action':'bid','amount':1.9,'lots':[]}    | invalid message at .amount",
                "{'action':'bid','amount':0,'lots':[]}      | a bid must be at least 1, was 0",
                "{'action':'scores','scores':{'a b':'x'}}   | invalid message at .scores.a b",
                "{'action':'scores','scores':{'Zo\u00eb':'x'}} | invalid message",
            })
    void asksItsOwnCallbacks(String text, String answer) {
        assertThat(answer(kind.polite, text)).isEqualTo(answer.replace('\'', '"'));
    }

    @Test
    void refusesWhatIsNestedTooDeeplyBeforeItsNameIsFound() {
        String deep = "{'more':" + "[".repeat(300) + "]".repeat(300) + ",'type':'ping'}";

        assertThat(answer(kind.auction, deep)).isEqualTo(new CloseReason(1008, "invalid message"));

        assertThat(line()).contains("StreamConstraintsException: ", "(201) exceeds the maximum allowed (200");
    }

    @Test
    void namesNoMemberThatIsTooLongForACloseFrame() {
        String key = "x".repeat(100);

        assertThat(answer(kind.polite, "{'action':'scores','scores':{'" + key + "':'x'}}"))
                .isEqualTo("invalid message");
    }

    @Test
    void namesTheCureForAMemberThatIsNull() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            assertThat(answer(kind.nameless, "{'type':'ping'}")).isEqualTo(CloseReason.of(1011));
            assertThat(log.await("failed")).contains("messageMember() returned null; return the name of a member");
        }
    }

    /** Does not know by which member messages are named. */
    private static final class Nameless extends Auction {
        Nameless(ConsumerContext context) {
            super(context);
        }

        @Override
        @SuppressWarnings({"NullAway", "DataFlowIssue"}) // as an application might
        protected String messageMember() {
            return null;
        }
    }

    private static final class SyncNameless extends SyncAuction {
        SyncNameless(ConsumerContext context) {
            super(context);
        }

        @Override
        @SuppressWarnings({"NullAway", "DataFlowIssue"}) // likewise
        protected String messageMember() {
            return null;
        }
    }

    @Test
    void namesTheHandlerThatReturnsNull() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            Object answer = answer(
                    context -> new WebSocketConsumer(context) {
                        {
                            onMessage("ping", Ping.class, NamedMessagesTest::nothing);
                        }
                    },
                    "{'type':'ping'}");

            assertThat(answer).isEqualTo(CloseReason.of(1011));
            assertThat(log.await("failed")).contains("onMessage(\"ping\") returned null; return send(..)");
        }
    }

    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // likewise
    private static CompletionStage<?> nothing(Ping ping) {
        return null;
    }

    @ParameterizedTest
    @EnumSource
    void namesTheMessageWhoseHandlerFails(Planted planted) {
        String text = "{\"type\":\"raise\",\"raised\":\"" + planted + "\"}";
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            Door door = Door.open(kit, kind.failing);
            door.tell(text);

            assertThat(log.await("failed"))
                    .contains(
                            "Failing.onMessage(\"raise\") on /ws/test/",
                            planted.type().getName());
            door.awaitStop();
        }
    }

    @Test
    void namesTheMessageInItsFailure() {
        for (String name : List.of("raise", "made")) {
            String text = "{\"type\":\"" + name + "\",\"raised\":\"" + Planted.ERROR + "\"}";

            assertThat(answer(kind.failing, text)).isEqualTo("onMessage(\"" + name + "\") " + text);
        }
    }
}
