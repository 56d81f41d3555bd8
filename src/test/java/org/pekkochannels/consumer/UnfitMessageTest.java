package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;
import org.slf4j.LoggerFactory;

/** The three kinds of texts that are not a message are told apart, logged at debug, and counted. */
class UnfitMessageTest extends ConsumerTestSystem {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Logger logger = (Logger) LoggerFactory.getLogger(UnfitMessage.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "action")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Bid.class, name = "bid"),
        @JsonSubTypes.Type(value = Visit.class, name = "visit")
    })
    interface Command {}

    static final class Visit implements Command {
        public void setDay(String day) {
            LocalDate unused = LocalDate.parse(day);
        }

        public void setHour(int hour) {
            int unused = 24 / hour;
        }
    }

    record Bid(int amount, @Nullable String nickname, List<Integer> lots) implements Command {
        Bid {
            if (amount <= 0) {
                throw new IllegalArgumentException("amount must be positive,\nwas " + amount);
            }
        }
    }

    /** Goes on whatever it is sent. */
    private static final class Auction extends JsonWebSocketConsumer<Command> {
        Auction(ConsumerContext context) {
            super(context, Command.class);
        }

        @Override
        protected CompletionStage<?> receiveJson(Command command) {
            return send("taken " + command);
        }

        @Override
        protected CompletionStage<?> malformed(String text, JsonProcessingException failure) {
            return send("malformed");
        }

        @Override
        protected CompletionStage<?> invalid(IllegalArgumentException refusal) {
            return send("invalid");
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

    private Object answer(String text) {
        Door door = Door.open(kit, Auction::new);
        door.tell(text);
        Object answer = door.next();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        return answer;
    }

    private double counted(String kind) {
        return registry.get("channels.consumer.unfit")
                .tag("kind", kind)
                .functionCounter()
                .count();
    }

    private String line() {
        assertThat(lines.list).hasSize(1);
        return lines.list.get(0).getFormattedMessage();
    }

    @Test
    void logsWhereATextIsNotJson() {
        assertThat(answer("{\"password\": hunter2}")).isEqualTo("malformed");

        assertThat(line())
                .isEqualTo("UnfitMessageTest$Auction on /ws/test/ received a text that is not JSON, line 1, column 14");
        assertThat(counted("syntax")).isEqualTo(1);
        assertThat(counted("shape")).isZero();
    }

    @Test
    void logsWhichMemberIsOfAnotherShapeAndNotItsValue() {
        assertThat(answer("{\"action\":\"bid\",\"amount\":\"hunter2\",\"lots\":[]}"))
                .isEqualTo("invalid");

        assertThat(line())
                .contains("does not fit " + Command.class.getName() + " at .amount, line 1, column ")
                .doesNotContain("hunter2");
        assertThat(counted("shape")).isEqualTo(1);
        assertThat(counted("syntax")).isZero();
    }

    @Test
    void logsTheBoundThatATextCrosses() {
        assertThat(answer("{\"x\":" + "[".repeat(200) + "]".repeat(200) + "}")).isEqualTo("invalid");

        assertThat(line()).contains("StreamConstraintsException: ", "(201) exceeds the maximum allowed (200");
    }

    @Test
    void logsAnUnknownSubtype() {
        assertThat(answer("{\"action\":\"nope\"}")).isEqualTo("invalid");

        assertThat(line())
                .contains("does not fit")
                .contains("InvalidTypeIdException")
                .doesNotContain("nope");
        assertThat(counted("shape")).isEqualTo(1);
    }

    @Test
    void logsTheWordsOfAConstructorThatRefusesAValueInOneLine() {
        assertThat(answer("{\"action\":\"bid\",\"amount\":-1,\"lots\":[]}")).isEqualTo("invalid");

        assertThat(line())
                .endsWith("Command refused at its top: IllegalArgumentException: amount must be positive,?was -1");
        assertThat(counted("value")).isEqualTo(1);
    }

    @Test
    void logsTheSetterThatRefusesADate() {
        assertThat(answer("{\"action\":\"visit\",\"day\":\"31.12.\"}")).isEqualTo("invalid");

        assertThat(line()).contains("Command refused at .day: DateTimeParseException: Text '31.12.'");
        assertThat(counted("value")).isEqualTo(1);
    }

    @Test
    void countsNoTextWhereTheTypeItselfFails() {
        assertThat(answer("{\"action\":\"visit\",\"hour\":0}")).isEqualTo(CloseReason.of(1011));

        assertThat(lines.list).isEmpty();
        assertThat(counted("value") + counted("shape") + counted("syntax")).isZero();
        assertThat(registry.get("channels.consumer.failures").functionCounter().count())
                .isEqualTo(1);
    }

    @Test
    void requiresEachComponentOfARecordThatIsNotNullable() {
        assertThat(answer("{\"action\":\"bid\",\"amount\":1,\"lots\":[2]}"))
                .isEqualTo("taken Bid[amount=1, nickname=null, lots=[2]]");
        assertThat(answer("{\"action\":\"bid\",\"amount\":1,\"lots\":[2],\"nickname\":null}"))
                .asString()
                .startsWith("taken");
        for (String text : List.of(
                "{\"action\":\"bid\",\"lots\":[]}",
                "{\"action\":\"bid\",\"amount\":null,\"lots\":[]}",
                "{\"action\":\"bid\",\"amount\":1}",
                "{\"action\":\"bid\",\"amount\":1,\"lots\":null}",
                "{\"action\":\"bid\",\"amount\":1.9,\"lots\":[]}")) {
            assertThat(answer(text)).as(text).isEqualTo("invalid");
        }
        assertThat(counted("shape")).isEqualTo(5);
    }
}
